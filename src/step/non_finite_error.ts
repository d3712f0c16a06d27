/** Says that a training step met a NaN or an infinite value and was not applied. */
export class NonFiniteError extends RangeError {
  /** Its class, as errors of JavaScript have it. */
  override readonly name = 'NonFiniteError';
}
