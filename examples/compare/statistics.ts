/** The arithmetic mean. */
export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample, with n − 1 below; 0 for a single value. */
export function deviation(values: number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  const squares = values.map((value) => (value - centre) ** 2);
  return Math.sqrt((mean(squares) * values.length) / (values.length - 1));
}
