import type {MethodResult} from '../../../examples/compare/compare';
import type {MethodName} from '../../../examples/compare/methods';
import {parseOptions} from '../../../examples/compare/options';
import {planFor} from '../../../examples/compare/plan';
import {report} from '../../../examples/compare/report';
import {deviation, mean} from '../../../examples/compare/statistics';
import {loadDigits} from '../../../examples/data/digits';

const plan = planFor(parseOptions(['node', 'compare', '--epochs', '3']), loadDigits());

/** A method whose runs, one for each list, have these losses; every epoch takes a second. */
function result(method: MethodName, ...losses: number[][]): MethodResult {
  const runs = losses.map((course, index) => ({
    seed: index + 1,
    diverged: course.some(Number.isNaN),
    epochs: course.map((loss, epoch) => ({loss, score: 0.5, seconds: epoch})),
  }));
  const rates = [0.1, 0.01].map((rate) => ({rate, runs}));
  return {method, rates, best: rates[1], peakBytes: 1_234_567};
}

/** The report on one line, as its words may be wrapped anywhere. */
const words = (...results: MethodResult[]) => report(results, plan).replace(/\s+/g, ' ');

describe('The report', () => {
  const adam = result('adam', [2, 0.9, 0.7, 0.5]);

  it('says when DTP reaches what Adam ends with', () => {
    const dtp = result('dtp', [2, 0.8, 0.5, 0.1]);
    expect(words(dtp, adam)).toContain('final train loss of 0.500 by epoch 2 of 3, after 2.00 s');
  });

  it('says when Adam itself first had that loss, where it has gone up since', () => {
    const up = result('adam', [2, 0.4, 0.3, 0.5]);
    expect(words(result('dtp', [2, 0.8, 0.5, 0.1]), up)).toContain('Adam takes 1.00 s');
  });

  it('says so if DTP does not reach it', () => {
    expect(words(result('dtp', [2, 0.9, 0.8, 0.6]), adam)).toContain('does not reach');
  });

  it('shows the last epoch, the time of a step and the memory', () => {
    // 3 seconds for 3 epochs of 23 steps.
    expect(words(adam)).toContain('│ Adam │ 0.01 │ 0.500 │ 50.0 % │ 3.00 │ 43.48 │ 1.2 │');
  });

  it('shows mean and standard deviation of several seeds', () => {
    expect(words(result('adam', [2, 0.5], [2, 0.7]))).toContain('│ 0.600 ± 0.141 │');
  });

  it('shows the deviation of an accuracy in percent, as its mean', () => {
    const run = result('adam', [2, 0.5], [2, 0.7]);
    run.best.runs.forEach(({epochs}, i) => {
      for (const end of epochs) end.score = [0.5, 0.54][i];
    });
    expect(words(run)).toContain('│ 52.0 ± 2.8 % │');
  });

  it('calls a method diverged if one of its seeds is', () => {
    const row = /│ Adam │[^│]+│ diverged │ – │ – │ – │/;
    expect(words(result('adam', [2, 1, 1, 1], [2, Number.NaN]))).toMatch(row);
  });

  it('warns of a best rate at an end of its list', () => {
    expect(words(adam)).toContain(
      'At an end of its list, so that a better rate may lie beyond: Adam.',
    );
    const inner = {...adam, rates: [...adam.rates, {...adam.best, rate: 0.001}]};
    expect(words(inner)).not.toContain('At an end');
  });

  it('says what was mended for whom, and of convolutions where there are any', () => {
    const convolutional = planFor(
      parseOptions(['node', 'compare', '--model', 'conv']),
      loadDigits(),
    );
    const of = (some: typeof plan) => report([adam], some).replace(/\s+/g, ' ');
    expect(of(convolutional)).toMatch(/no gradient of a convolution there\. .*mended: Adam\./);
    expect(of(plan)).toMatch(/in every layer\. .*mended: Adam\./);
  });

  it('has no line of text above 100 characters', () => {
    const text = report([result('dtp', [2, 1, 1, 1]), adam], plan).split('\n');
    for (const line of text) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('The statistics', () => {
  it('are those of a sample', () => {
    const sample = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(sample)).toBe(5);
    expect(deviation(sample)).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('know of no spread in a single value', () => {
    expect(deviation([3])).toBe(0);
  });
});
