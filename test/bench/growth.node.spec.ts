import {exponent, line} from '../../bench/growth';

const at = (sizes: number[], cost: (size: number) => number) =>
  sizes.map((size) => ({size, cost: cost(size)}));

describe('The fit of growth', () => {
  for (const power of [0, 0.5, 1, 2, 3]) {
    it(`finds the exponent ${power} of a power law, whatever its factor`, () => {
      for (const factor of [1e-3, 1, 7]) {
        const points = at([1, 2, 5, 64, 100], (n) => factor * n ** power);
        expect(exponent(points)).toBeCloseTo(power, 10);
      }
    });
  }

  it('takes the power that balances errors in proportion, not those of the largest cost', () => {
    // Errors of ×e, ×1/e², ×e at sizes evenly apart in logarithm leave the slope as it is.
    const off = [Math.E, Math.E ** -2, Math.E];
    const points = [1, 10, 100].map((size, i) => ({size, cost: size ** 2 * off[i]}));
    expect(exponent(points)).toBeCloseTo(2, 10);
  });

  it('finds a straight line, and its part that does not grow', () => {
    const {intercept, slope} = line(at([0, 1, 2, 4, 8], (n) => 3 + 0.5 * n));
    expect(intercept).toBeCloseTo(3, 10);
    expect(slope).toBeCloseTo(0.5, 10);
  });

  it('leaves residuals that sum to 0 and do not go with the size', () => {
    const points = at([0, 1, 2, 4, 8], (n) => Math.cos(n));
    const {intercept, slope} = line(points);
    const residuals = points.map(({size, cost}) => cost - intercept - slope * size);
    expect(residuals.reduce((a, b) => a + b)).toBeCloseTo(0, 10);
    expect(residuals.reduce((sum, r, i) => sum + r * points[i].size, 0)).toBeCloseTo(0, 10);
  });

  it('rejects what has no slope: a single size, or a cost that has no logarithm', () => {
    expect(() => line(at([3, 3], (n) => n))).toThrowError(RangeError, /growth: no line through/);
    expect(() => exponent(at([0, 1], (n) => n))).toThrowError(RangeError, /above 0/);
  });
});
