/**
 * Says that a training step met a NaN or an infinite value and was not applied, and where it began.
 */
export class NonFiniteError extends RangeError {
  /** Its class, as errors of JavaScript have it: the same in every build of this package. */
  override readonly name = 'NonFiniteError';
}
