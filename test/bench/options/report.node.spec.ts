import {type Row, type Section, settingsRow} from '../../../bench/options/grid';
import type {GridTask} from '../../../bench/options/grid_tasks';
import {report} from '../../../bench/options/report';
import type {Result} from '../../../bench/options/results';
import {InputError} from '../../../examples/input_error';

const order = {A: 0, B: 0, C: 0};

/** A result that ends with this loss and half of the test images named correctly. */
function result(row: Row, loss: number, changes: Partial<Result> = {}): Result {
  return {
    ...row,
    task: 'A',
    data: {name: 'digits', train: 100},
    network: '64-8-10 relu',
    batch: 10,
    plannedEpochs: 1,
    epochs: [
      {loss: 9, score: 0.1, seconds: 0},
      {loss, score: 0.5, seconds: 1},
    ],
    millisecondsPerStep: 100,
    cpuSeconds: 2,
    diverged: false,
    error: null,
    commit: 'abcdef1',
    date: '2026-01-01T00:00:00.000Z',
    versions: {node: 'v20', tfjs: '4'},
    machine: {processor: 'P', cores: 2, platform: 'linux x64'},
    ...changes,
  };
}

const defaults = settingsRow('');
const [paper, none, convex] = ['paper', 'none', 'convex'].map((name) =>
  settingsRow(`influence=${name}`),
);
const adam = (rate: number, seed = 1): Row => ({method: 'adam', rate, settings: '', seed});
const section = (rows: Row[], title = 'Changes'): Section => ({title, order, rows});

/** The cells of the line that starts with this text. */
function line(text: string, start: string): string[] {
  const found = text.split('\n').find((line) => line.startsWith(`| ${start} |`)) ?? '';
  return found
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);
}

describe('The report of the options', () => {
  it('shows a loss, as a multiple of that of the defaults, the score and the cost', () => {
    const results = [result(defaults, 0.2), result(paper, 0.5, {cpuSeconds: 3})];
    const text = report(results, [section([defaults, paper])]);
    expect(line(text, '`influence=paper`').slice(1, 3)).toEqual(['0.500 (×2.50)', '50.0 %']);
    expect(line(text, '`influence=paper`').at(-1)).toBe('1.5');
    expect(line(text, 'defaults').slice(1, 3)).toEqual(['0.200 (×1.00)', '50.0 %']);
  });

  it('refuses results of several data sets or lengths, as they have no defaults in common', () => {
    const other = {...result(paper, 0.5).data, train: 50};
    for (const changes of [{data: other}, {plannedEpochs: 2}]) {
      const results = [result(defaults, 0.2), result(paper, 0.5, changes)];
      expect(() => report(results, [section([defaults, paper])])).toThrowError(
        InputError,
        /--results: are of 100 of digits, epochs 1; and of .*, expected one data set/,
      );
    }
  });

  it('compares losses and costs of a task with the defaults of the same task', () => {
    const on = (task: GridTask) => ({task, cpuSeconds: 9});
    const results = [
      result(defaults, 0.2),
      result(paper, 0.1),
      result(defaults, 100, on('C')),
      result(paper, 120, on('C')),
    ];
    const cells = line(report(results, [section([defaults, paper])]), '`influence=paper`');
    expect(cells.slice(1)).toEqual([
      '0.100 (×0.500)',
      '50.0 %',
      '–',
      '–',
      '120 (×1.20)',
      '0.500',
      '1.0',
    ]);
  });

  it('sorts the lines of a title by their losses, what diverged at the end', () => {
    const results = [
      result(none, 0.4, {diverged: true, error: 'overflow'}),
      result(convex, 0.3),
      result(defaults, 0.2),
      result(paper, 0.1),
    ];
    const sections = [section([none, convex]), section([defaults, paper])];
    const text = report(results, sections);
    const places = ['=paper', 'defaults |', '=convex', '=none` | diverged'].map((name) =>
      text.indexOf(name),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).toContain('- A `influence=none`: overflow');
  });

  it('shows the mean and the deviation of seeds, at the best of the rates', () => {
    const results = [
      result(defaults, 1),
      result(adam(1), 0.1, {diverged: true}),
      result(adam(0.1), 3),
      result(adam(0.01), 1),
      result(adam(0.01, 2), 2),
    ];
    const rows = [adam(1), adam(0.1), adam(0.01), adam(0.01, 2)];
    const cells = line(report(results, [section(rows)]), 'Adam');
    expect(cells[1]).toBe('1.50 ± 0.71 (×1.50, rate 0.01)');
  });

  it('shows pairs of options against each other, where half of them are trained', () => {
    const pivot = {
      lines: ['influence=measured', 'influence=paper'],
      columns: ['beta=0.001', 'beta=0.1'],
    };
    const both = settingsRow('influence=paper beta=0.1');
    const text = report(
      [result(defaults, 0.2), result(both, 0.6), result(defaults, 2, {task: 'B'})],
      [{...section([defaults, both], 'Influence × β'), pivot}],
    );
    expect(text).toContain('**Influence × β, task A');
    expect(text).not.toContain('**Influence × β, task B');
    expect(line(text, '`influence=measured`').slice(1)).toEqual(['0.200 (×1.00)', '–']);
    expect(line(text, '`influence=paper`').slice(1)).toEqual(['–', '0.600 (×3.00)']);
  });

  it('says which rows are missing', () => {
    const text = report([result(defaults, 1)], [section([defaults, paper, adam(0.1, 2)])]);
    expect(text).toContain('- A: `influence=paper`, Adam at 0.1 from seed 2');
    expect(report([result(defaults, 1)], [section([defaults])])).not.toContain('- A: ');
  });
});
