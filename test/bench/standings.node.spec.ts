import {standings} from '../../bench/standings';
import {benchResults, cost, trained} from './bench_results';

function standingsOf(...given: Parameters<typeof benchResults>) {
  const {tasks, settings} = benchResults(...given);
  return standings(tasks[0], settings.contenders);
}

describe('The standings', () => {
  it('take of each contender the rate with the lowest mean loss at the end', () => {
    const [adam] = standingsOf([
      // From seed 1 the first is best, from seed 2 the second, and so in the mean.
      trained({method: 'adam', rate: 1e-3}, 3, 1),
      trained({method: 'adam', rate: 1e-3, seed: 2}, 3, 3),
      trained({method: 'adam', rate: 3e-3}, 3, 1.2),
      trained({method: 'adam', rate: 3e-3, seed: 2}, 3, 1.4),
    ]);
    expect(adam.rate).toBe(3e-3);
    expect(adam.curve.map(({loss}) => loss)).toEqual([3, 1.2999999999999998]);
  });

  it('prefer any rate that ends to one that diverges', () => {
    const [adam] = standingsOf([
      trained({method: 'adam', rate: 1e-3}, 3, 2.9),
      trained({method: 'adam', rate: 3e-3}, 3, 0.1),
      trained({method: 'adam', rate: 3e-3, seed: 2}, 3, Number.NaN),
    ]);
    expect(adam.rate).toBe(1e-3);
    expect(adam.diverged).toBeFalse();
  });

  it('let the defaults have only the default rate, and the tuned ones all', () => {
    const [defaults, tuned] = standingsOf([
      trained({method: 'dtp', rate: 4}, 3, 2),
      trained({method: 'dtp', rate: 2}, 3, 1),
    ]);
    expect([defaults.contender, defaults.rate]).toEqual(['dtp', 4]);
    expect([tuned.contender, tuned.rate]).toEqual(['dtp-tuned', 2]);
  });

  it('keep schedules apart, and measure time to the lowest loss of any of Adam’s', () => {
    const [dtp, adam, cosine] = standingsOf(
      [
        trained({method: 'dtp', rate: 4}, 4, 1, 0.25),
        trained({method: 'adam', rate: 1e-3}, 4, 2, 1),
        trained({method: 'adam', rate: 1e-3, schedule: 'cosine'}, 4, 3, 0.5),
      ],
      [],
      {contenders: ['dtp', 'adam', 'adam-cosine']},
    );
    // From 1 to 0.25 in the second second: 0.5 lies in its middle.
    expect(dtp.secondsToAdam).toBeCloseTo(1.5, 10);
    expect(adam.secondsToAdam).toBe(Number.POSITIVE_INFINITY);
    expect(cosine.secondsToAdam).toBe(2);
  });

  it('give the times on other kernels by the ratio of the times of a step', () => {
    const [mended, stock] = standingsOf(
      [trained({method: 'adam', rate: 1e-3}, 4, 2)],
      [
        cost({method: 'adam', kernels: 'fixed', milliseconds: 10}),
        cost({method: 'adam', kernels: 'stock', milliseconds: 35}),
      ],
    );
    expect(mended.curve[1].seconds).toBe(1);
    expect(stock.curve[1].seconds).toBe(3.5);
    expect(stock.secondsToAdam).toBe(3.5);
    expect(stock.curve[1].loss).toBe(mended.curve[1].loss);
  });

  it('say when the best rate is the first or the last of those tried', () => {
    const losses = (...ends: number[]) =>
      [3e-4, 1e-3, 3e-3].map((rate, i) => trained({method: 'adam', rate}, 4, ends[i]));
    expect(standingsOf(losses(1, 2, 3))[0].atEdge).toBeTrue();
    expect(standingsOf(losses(3, 2, 1))[0].atEdge).toBeTrue();
    expect(standingsOf(losses(2, 1, 3))[0].atEdge).toBeFalse();
  });
});
