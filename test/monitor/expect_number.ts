/** Expects |actual − expected| < tolerance; null, which JavaScript takes for 0, is no number. */
export function expectNumber(
  actual: number | null | undefined,
  expected: number,
  tolerance: number,
): void {
  const deviation = Math.abs((actual ?? Number.NaN) - expected);
  expect(deviation).withContext(`${actual}, expected ${expected}`).toBeLessThan(tolerance);
}
