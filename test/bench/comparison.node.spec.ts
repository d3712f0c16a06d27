import {comparison, ratios} from '../../bench/comparison';
import {benchResults, cost, trained} from './bench_results';

const results = (factor: number) =>
  benchResults(
    [
      trained({method: 'dtp', rate: 4}, 8, 2 * factor, factor),
      trained({method: 'adam', rate: 1e-3}, 8, 4, 2),
    ],
    [
      cost({method: 'dtp', kernels: 'stock', milliseconds: 20 * factor}),
      cost({method: 'adam', kernels: 'fixed', milliseconds: 10}),
    ],
    {contenders: ['dtp', 'adam']},
  );

describe('A comparison of two results', () => {
  const ofDtp = (quantity: string, all = ratios(results(1), results(0.5))) =>
    all.find((one) => one.contender.startsWith('DTP') && one.quantity === quantity)?.ratio;

  it('is 1 everywhere between a file and itself', () => {
    const all = ratios(results(1), results(1));
    expect(all.length).toBe(10);
    for (const {ratio, quantity} of all) expect(ratio).withContext(quantity).toBe(1);
  });

  it('divides what came after by what was before', () => {
    expect(ofDtp('train loss')).toBe(0.5);
    expect(ofDtp('ms a step')).toBe(0.5);
    expect(ofDtp('peak bytes')).toBe(1);
  });

  it('says nothing of the loss, and of the time to one, of what has diverged', () => {
    const diverged = results(0.5);
    diverged.tasks[0].runs[0].diverged = true;
    const all = ratios(results(1), diverged);
    for (const quantity of ['train loss', 's to Adam’s loss']) {
      expect(ofDtp(quantity)).not.toBeNaN();
      expect(ofDtp(quantity, all)).toBeNaN();
    }
    expect(ofDtp('ms a step', all)).toBe(0.5);
  });

  it('turns over with the order of the files', () => {
    const back = ratios(results(0.5), results(1));
    expect(ofDtp('train loss', back)).toBe(2);
  });

  it('compares only what both have', () => {
    const without = {...results(1), tasks: []};
    expect(ratios(results(1), without)).toEqual([]);
    const onlyAdam = benchResults([trained({method: 'adam', rate: 1e-3}, 8, 4)]);
    const contenders = new Set(ratios(results(1), onlyAdam).map(({contender}) => contender));
    expect([...contenders]).toEqual(['Adam, fixed']);
  });

  it('says where the files are not alike, and nothing of the sort where they are', () => {
    expect(comparison(results(1), results(1))).not.toContain('Not alike');
    const other = results(1);
    other.settings.data.train = 7;
    other.machine = {...other.machine, cores: 64};
    other.tasks[0].runs[0].backend = 'cpu';
    const text = comparison(results(1), other);
    expect(text).toMatch(/Not alike: machine .*64/);
    expect(text).toMatch(/Not alike: data .*7/);
    expect(text).toMatch(/Not alike: backends .*cpu/);
  });
});
