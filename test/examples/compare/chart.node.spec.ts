import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {LineSeriesOption} from 'echarts';
import {chartOption, writeChart} from '../../../examples/compare/chart';
import type {MethodResult} from '../../../examples/compare/compare';
import type {MethodName} from '../../../examples/compare/methods';
import {parseOptions} from '../../../examples/compare/options';
import {planFor} from '../../../examples/compare/plan';
import {loadDigits} from '../../../examples/data/digits';
import {temporaryFolder} from '../../support/temporary_folder';

const data = loadDigits();
const plan = planFor(parseOptions(['node', 'compare', '--seeds', '2', '--epochs', '2']), data);

function result(method: MethodName, scale: number): MethodResult {
  const run = (seed: number) => ({
    seed,
    diverged: false,
    epochs: [2, 0.5, 0.25].map((loss, epoch) => ({
      loss: seed * scale * loss,
      score: 0.5,
      seconds: seed * epoch,
    })),
  });
  const best = {rate: 0.1, runs: [run(1), run(3)]};
  return {method, rates: [best], best, peakBytes: 1e6};
}

const results = [result('dtp', 1), result('adam', 2), result('sgd', 3)];

describe('The chart', () => {
  it('has one line for each method in each of two panels', () => {
    const {series} = chartOption(results, plan, data) as {series: LineSeriesOption[]};
    const lines = series.map(({name, xAxisIndex}) => `${name} in panel ${xAxisIndex}`);
    expect(new Set(lines).size).toBe(2 * results.length);
    expect(lines.length).toBe(2 * results.length);
  });

  it('shows the mean over the seeds against epochs and against seconds', () => {
    const {series} = chartOption(results.slice(0, 1), plan, data) as {series: LineSeriesOption[]};
    expect(series.map((line) => line.data)).toEqual([
      [
        [0, 4],
        [1, 1],
        [2, 0.5],
      ],
      [
        [0, 4],
        [2, 1],
        [4, 0.5],
      ],
    ]);
  });

  it('is written as SVG with every method in its legend, and as PNG', () => {
    const folder = temporaryFolder('chart');
    writeChart(join(folder, 'chart'), results, plan, data);
    const svg = readFileSync(join(folder, 'chart.svg'), 'utf8');
    for (const label of ['DTP', 'Adam', 'SGD + momentum 0.9']) expect(svg).toContain(`>${label} (`);
    const png = readFileSync(join(folder, 'chart.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });
});
