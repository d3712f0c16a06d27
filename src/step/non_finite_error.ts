/** Says that a training step met a NaN or an infinite value and was not applied. */
export class NonFiniteError extends RangeError {
  override readonly name = 'NonFiniteError';
}
