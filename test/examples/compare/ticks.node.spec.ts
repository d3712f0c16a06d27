import {logTicks} from '../../../examples/compare/ticks';

describe('logTicks', () => {
  for (const [low, high] of [
    [2.1, 2.3],
    [18, 44],
    [0.9, 1.1],
    [0.03, 2.3],
    [1e-3, 2.4],
    [3e-7, 2.3],
    [2.34, 2.35],
    [1, 10],
  ]) {
    it(`surrounds ${low} to ${high} by rising ticks, at least three`, () => {
      const {min, max, values} = logTicks([high, low]);
      expect(min).toBeLessThanOrEqual(low);
      expect(max).toBeGreaterThanOrEqual(high);
      expect(min).toBeLessThan(max);
      expect([values[0], values.at(-1)]).toEqual([min, max]);
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
      expect(values.length).toBeGreaterThan(2);
      expect(values.length).toBeLessThan(12);
    });
  }

  it('surrounds a single value, too', () => {
    const {min, max} = logTicks([5, 5]);
    expect(min).toBeLessThanOrEqual(5);
    expect(max).toBeGreaterThan(5);
  });

  it('leaves out what a logarithm cannot show', () => {
    expect(logTicks([Number.NaN, Infinity, 0, -1, 2, 30])).toEqual(logTicks([2, 30]));
  });
});
