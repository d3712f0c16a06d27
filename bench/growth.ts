/** What something costs at a size. */
export interface CostAt {
  size: number;
  cost: number;
}

/**
 * How costs grow: cost ≈ a · size^p, by least squares of the logarithms.
 *
 * @param points At least two different sizes; all numbers above 0.
 * @throws RangeError otherwise.
 */
export function exponent(points: CostAt[]): number {
  const {slope} = line(
    points.map(({size, cost}) => ({size: Math.log(size), cost: Math.log(cost)})),
  );
  return slope;
}

/**
 * The straight line, cost ≈ intercept + slope · size, that has the least squares.
 *
 * @param points At least two different sizes, all numbers finite.
 * @throws RangeError otherwise.
 */
export function line(points: CostAt[]): {intercept: number; slope: number} {
  const center = (of: (point: CostAt) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const size = center((point) => point.size);
  const cost = center((point) => point.cost);
  const variance = center((point) => (point.size - size) ** 2);
  const slope = center((point) => (point.size - size) * (point.cost - cost)) / variance;
  if (!Number.isFinite(slope)) {
    throw new RangeError(
      `growth: no line through ${JSON.stringify(points)}. Expected finite costs at two sizes or ` +
        'more; above 0, both of them, for an exponent.',
    );
  }
  return {intercept: cost - slope * size, slope};
}
