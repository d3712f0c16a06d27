import {permutation} from '../../../examples/data/permutation';

describe('permutation', () => {
  for (const count of [0, 1, 2, 7, 1000]) {
    it(`has every number below ${count} exactly once`, () => {
      const order = permutation(count, 3);
      expect(order.sort()).toEqual(Int32Array.from(Array(count).keys()));
    });
  }

  it('is the same for the same seeds', () => {
    expect(permutation(50, 4, 2)).toEqual(permutation(50, 4, 2));
  });

  it('is another one for other seeds, or the same in another order', () => {
    const orders = [[1], [2], [1, 2], [2, 1], [1, 3]].map((seeds) => permutation(50, ...seeds));
    expect(new Set(orders.map(String)).size).toBe(orders.length);
  });

  it('is each of the six orders of three about equally often', () => {
    const draws = 6000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      const order = String(permutation(3, seed));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // A count has a standard deviation of 29; a biased shuffle is off by 111 or more.
    for (const count of counts.values()) expect(Math.abs(count - draws / 6)).toBeLessThan(100);
  });
});
