/**
 * Says that a training step met a NaN or an infinite value and was not applied, and where it began.
 */
export class NonFiniteError extends RangeError {
  /** Its class, as errors of JavaScript have it: the same in every build of this package. */
  override readonly name = 'NonFiniteError';
}

/** What `body` returns; a NonFiniteError of its, such as of a Gram matrix, becomes one that says who. */
export function finiteOf<Result>(who: string, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    throw new NonFiniteError(`${who}: ${error.message}`);
  }
}
