import {contenders} from './contenders';
import {multiple, significant, table} from './markdown';
import {originLines} from './origin';
import type {BenchResults, TaskResult} from './results';
import {endOf, type Standing, standings} from './standings';

/** What of a standing is compared. Smaller is better of each of them. */
export const quantities = {
  'train loss': (one: Standing) => endOf(one).loss,
  'ms a step': ({cost}: Standing) => cost?.milliseconds ?? Number.NaN,
  's to Adam’s loss': ({secondsToAdam}: Standing) => secondsToAdam,
  'peak bytes': ({cost}: Standing) => cost?.peakBytes ?? Number.NaN,
  'state bytes': ({cost}: Standing) => cost?.stateBytes ?? Number.NaN,
};

/** One quantity of a contender on a task in two files. */
export interface Ratio {
  task: string;
  contender: string;
  quantity: string;
  before: number;
  after: number;
  /** after / before; NaN where that says nothing. */
  ratio: number;
}

/** All quantities that both files have. */
export function ratios(before: BenchResults, after: BenchResults): Ratio[] {
  return before.tasks.flatMap((old) => {
    const now = after.tasks.find(({task}) => task === old.task);
    if (now === undefined) return [];
    const found = standingsOf(now, after);
    return standingsOf(old, before).flatMap((one) => {
      const other = found.find(
        ({contender, kernels}) => contender === one.contender && kernels === one.kernels,
      );
      return other === undefined ? [] : ratiosOf(old.task, one, other);
    });
  });
}

function standingsOf(task: TaskResult, {settings}: BenchResults): Standing[] {
  return standings(task, settings.contenders);
}

function ratiosOf(task: string, before: Standing, after: Standing): Ratio[] {
  const contender = `${contenders[before.contender].label}, ${before.kernels}`;
  return Object.entries(quantities).map(([quantity, of]) => {
    const [a, b] = [of(before), of(after)];
    return {task, contender, quantity, before: a, after: b, ratio: b / a};
  });
}

/** The ratios as Markdown, and what makes the two files hard to compare. */
export function comparison(before: BenchResults, after: BenchResults): string {
  const all = ratios(before, after);
  const names = Object.keys(quantities);
  const keys = [...new Set(all.map(({task, contender}) => `${task} | ${contender}`))];
  const lines = keys.map((key) => [
    ...key.split(' | '),
    ...names.map((name) => cellOf(all, key, name)),
  ]);
  return [
    ['Before:', ...originLines(before)].join('\n'),
    ['After:', ...originLines(after)].join('\n'),
    ...differences(before, after).map((difference) => `**Not alike: ${difference}.**`),
    'Each cell is after / before, and in brackets the value after; below ×1 is better.',
    table(['task', 'method', ...names], lines),
  ].join('\n\n');
}

function cellOf(all: Ratio[], key: string, name: string): string {
  const one = all.find(
    ({task, contender, quantity}) => `${task} | ${contender}` === key && quantity === name,
  );
  return one === undefined ? '–' : `${multiple(one.ratio)} (${significant(one.after)})`;
}

/** What else than the code differs between two files. */
export function differences(before: BenchResults, after: BenchResults): string[] {
  const sides = {
    machine: ({machine}: BenchResults) => machine,
    versions: ({versions}: BenchResults) => versions,
    data: ({settings: {data}}: BenchResults) => data,
    backends: ({tasks}: BenchResults) => [
      ...new Set(tasks.flatMap(({runs}) => runs.map(({backend}) => backend))),
    ],
    seeds: ({settings: {seeds}}: BenchResults) => seeds,
    methods: ({settings: {contenders}}: BenchResults) => contenders,
    epochs: ({tasks}: BenchResults) => tasks.map(({task, epochs}) => `${task} ${epochs}`),
  };
  return Object.entries(sides)
    .map(([name, of]) => [name, JSON.stringify(of(before)), JSON.stringify(of(after))])
    .filter(([, one, other]) => one !== other)
    .map(([name, one, other]) => `${name} ${one} and ${other}`);
}
