import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {report} from '../../bench/report';
import {type BenchResults, readResults, writeResults} from '../../bench/results';
import {InputError} from '../../examples/input_error';
import {temporaryFolder} from '../support/temporary_folder';
import {benchResults, cost, trained} from './bench_results';

describe('Results in a file', () => {
  const folder = temporaryFolder('results');
  const file = join(folder, 'results.json');

  const results = benchResults(
    [
      trained({method: 'dtp', rate: 1}, 2, 1 / 3, 1e-9),
      trained({method: 'adam', rate: 1e-3}, 2, Number.NaN, Number.POSITIVE_INFINITY),
      trained({method: 'adam', rate: 3e-3}, 2, 1, 0.5),
    ],
    [cost({method: 'dtp', kernels: 'stock', milliseconds: 10 / 7})],
  );

  it('are read as they were written, numbers that JSON lacks among them', () => {
    writeResults(file, results);
    expect(readResults<BenchResults>(file, 'bench')).toEqual(results);
  });

  it('give the same report', () => {
    writeResults(file, results);
    const chart = () => 'chart.svg';
    expect(report(readResults(file, 'bench'), chart)).toBe(report(results, chart));
  });

  it('are refused by name where they are of something else, or nothing', () => {
    writeFileSync(file, '{"kind": "bench:scaling"}');
    const read = () => readResults<BenchResults>(file, 'bench');
    expect(read).toThrowError(InputError, /results\.json: is a file of bench:scaling/);
    writeFileSync(file, '{');
    expect(read).toThrowError(InputError, /results\.json: cannot be read/);
    expect(() => readResults<BenchResults>(join(folder, 'none'), 'bench')).toThrowError(
      InputError,
      /none: cannot be read/,
    );
  });

  it('are told apart in the report from trial runs and uncommitted code', () => {
    const chart = () => 'chart.svg';
    expect(report(results, chart)).not.toMatch(/trial run|not committed/);
    const trial = {...results, dirty: true, settings: {...results.settings, quick: true}};
    expect(report(trial, chart)).toMatch(/abc1234 with changes that are not committed/);
    expect(report(trial, chart)).toContain('a trial run');
  });

  it('name in the report what diverged', () => {
    expect(report(results, () => 'chart.svg')).toContain('Diverged: Adam at 0.001.');
  });
});
