import type {StepCost} from '../../bench/step_cost';
import {type Summary, summary, summaryTable} from '../../bench/summary';
import type {TrainedRun} from '../../bench/train';
import {benchResults, cost, trained} from './bench_results';

const dtp = trained({method: 'dtp', rate: 4}, 2, 1, 0.25);
const adam = trained({method: 'adam', rate: 1e-3}, 2, 0.5, 1);
const cosine = trained({method: 'adam', rate: 1e-3, schedule: 'cosine'}, 2, 1, 0.8);
const bp = trained({method: 'bp', rate: 1}, 2, 1, 0.125);
const costs = [
  cost({method: 'dtp', kernels: 'stock', milliseconds: 6, stateBytes: 2, peakBytes: 5}),
  cost({method: 'adam', kernels: 'fixed', milliseconds: 4, stateBytes: 8, peakBytes: 4}),
  cost({method: 'adam', kernels: 'stock', milliseconds: 12, stateBytes: 8, peakBytes: 4}),
];

function summaryOf(runs: TrainedRun[], steps: StepCost[] = []): Summary {
  const {tasks, settings} = benchResults(runs, steps, {
    contenders: ['dtp', 'bp', 'adam', 'adam-cosine'],
  });
  return summary(tasks[0], settings.contenders, 'dtp') as Summary;
}

describe('The summary', () => {
  it('measures the loss by the lowest that any Adam had after any epoch', () => {
    expect(summaryOf([dtp, adam, cosine]).loss).toBe(0.25 / 0.5);
  });

  it('measures the score by the Adam whose final loss is lowest', () => {
    const end = (run: TrainedRun, score: number) => ({
      ...run,
      epochs: run.epochs.map((epoch) => ({...epoch, score})),
    });
    const {score} = summaryOf([end(dtp, 0.75), end(adam, 0.125), end(cosine, 0.5)]);
    expect(score).toBe(0.25);
  });

  it('measures the loss by that of the same update, too', () => {
    expect(summaryOf([dtp, adam, bp]).lossOfBp).toBe(2);
  });

  it('measures times by those of Adam on either kind of kernels', () => {
    const {step, seconds} = summaryOf([dtp, adam], costs);
    expect(step).toEqual({stock: 6 / 12, fixed: 6 / 4});
    // Halfway from 1 to 0.25 in the logarithm: after 1.5 s; Adam after 1 s, or 12 / 4 of that.
    expect(seconds.fixed).toBeCloseTo(1.5, 12);
    expect(seconds.stock).toBeCloseTo(0.5, 12);
  });

  it('has no times on stock kernels, but those on mended ones, where only these train Adam', () => {
    const {tasks, settings} = benchResults([dtp, adam], costs.slice(0, 2));
    const {step, seconds} = summary(tasks[0], settings.contenders, 'dtp') as Summary;
    expect([step.stock, seconds.stock]).toEqual([NaN, NaN]);
    expect(step.fixed).toBe(6 / 4);
    expect(seconds.fixed).toBeCloseTo(1.5, 12);
    const [, , line] = summaryTable(tasks, settings.contenders)?.split('\n') ?? [];
    expect(line).toContain('| – | ×1.5 | – | ×1.5 |');
  });

  it('measures what is held between steps, and the peak, by those of Adam', () => {
    const {state, peak} = summaryOf([dtp, adam], costs);
    expect([state, peak]).toEqual([2 / 8, 5 / 4]);
  });

  it('has no number for what was not measured, and no line without DTP', () => {
    const {loss, score, lossOfBp, seconds, step, state} = summaryOf([dtp]);
    for (const value of [loss, score, lossOfBp, seconds.fixed, step.fixed, state]) {
      expect(value).toBeNaN();
    }
    const {tasks, settings} = benchResults([adam]);
    expect(summaryTable(tasks, settings.contenders)).toBeNull();
  });

  it('is a line of a table for each DTP of each task', () => {
    const {tasks, settings} = benchResults([dtp, adam], costs);
    const lines = summaryTable(tasks, settings.contenders)?.split('\n') ?? [];
    expect(lines.slice(2).map((line) => line.split(' | ')[0])).toEqual([
      '| A: DTP, defaults',
      '| A: DTP, tuned',
    ]);
    expect(lines[2]).toContain('| ×0.50 | +0.0 % | – |');
  });
});
