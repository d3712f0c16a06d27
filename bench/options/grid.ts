import {DTPOptimizer} from 'tfjs-dtp';
import type {MethodName} from '../../examples/compare/methods';
import type {GridTask} from './grid_tasks';

/** One training: a method, its rate or its settings, and a seed. */
export interface Row {
  method: MethodName;
  /** The learning rate of `bp`, `adam` and `sgd`; that of `dtp` is among its settings. */
  rate?: number;
  /** Of `dtp`, what differs from the defaults; see `configuration`. */
  settings: string;
  seed: number;
}

/** Rows that are looked at together. */
export interface Section {
  title: string;
  /** Of each task, when its rows are trained: those of a lower number first. */
  order: Record<GridTask, number>;
  rows: Row[];
  /** Settings to show against each other; without it a table has a line for each row. */
  pivot?: {lines: string[]; columns: string[]};
}

/** One row on one task. */
export interface Job {
  task: GridTask;
  row: Row;
}

const objectives = ['perturbation', 'autoencoder', 'reverse', 'both'];

/** All that is trained: one change at a time, then changes in pairs. A row may be in several. */
export const grid: Section[] = [
  {
    title: 'Reference',
    order: {A: 0, B: 0, C: 0},
    rows: [reference({method: 'dtp'}), reference({method: 'bp', rate: 4})],
  },
  {
    title: 'Reference',
    order: {A: 2, B: 2, C: 2},
    rows: [
      ...[1e-3, 3e-3, 1e-2].map((rate) => reference({method: 'adam', rate})),
      reference({method: 'bp', rate: 2}),
    ],
  },
  {
    title: 'Reference',
    order: {A: 3, B: 3, C: 3},
    rows: [2, 3].flatMap((seed) => [
      reference({method: 'dtp'}, seed),
      reference({method: 'bp', rate: 4}, seed),
    ]),
  },
  {
    title: 'Reference',
    order: {A: 7, B: 7, C: 7},
    rows: [3e-3, 1e-2, 3e-2, 1e-1].map((rate) => reference({method: 'sgd', rate})),
  },
  changes('Inversion', {A: 1, B: 1, C: 1}, ['inversion.scheme=none', 'inversion.iterations=4']),
  changes('Influence', {A: 1, B: 1, C: 1}, ['influence=paper', 'influence=none']),
  changes('Update', {A: 1, B: 1, C: 1}, [
    'update.rule=example',
    'update.damping=0.25',
    'learningRate=1',
    'bounds.decrease=null bounds.noise=null bounds.shift=null bounds.together=null',
  ]),
  changes('Decoders', {A: 1, B: 1, C: 1}, [
    'decoders.objective=autoencoder',
    'decoders.objective=reverse',
    'decoders.objective=sampled-perturbation',
    'decoder=mirror',
    'decoder=mlp',
    'decoders.damping=1',
  ]),
  changes('Decoders', {A: 3, B: 6, C: 7}, [
    'decoders.objective=both',
    'decoders.damping=8',
    'decoders.damping=64',
    'decoders.drift=0',
    'decoders.drift=0.5',
    'decoders.optimizer=adam(1e-3)',
  ]),
  changes('Schedule', {A: 3, B: 7, C: 7}, [
    'schedule=parallel',
    'schedule=parallel inversion.iterations=8',
    'schedule=parallel inversion.iterations=8 online={"decay":0}',
  ]),
  changes('Update', {A: 3, B: 6, C: 7}, [
    'learningRate=12',
    'update.damping=4',
    'update.balance=0',
    'update.rule=example learningRate=12',
    'bounds.together=null',
    'bounds.decrease=null',
    'bounds.noise=null',
    'bounds.shift=null',
  ]),
  changes('Inversion', {A: 3, B: 3, C: 7}, ['inversion.iterations=2', 'inversion.checked=null']),
  changes('Inversion', {A: 4, B: 6, C: 7}, ['inversion.start=decoder']),
  changes('Inversion', {A: 6, B: 7, C: 7}, [
    'inversion.iterations=8',
    'inversion.start=decoder inversion.iterations=8',
    'inversion.scheme=combined',
    'inversion.scheme=input',
    'inversion.scheme=combined-iterative',
    'inversion.safeguard=true',
  ]),
  changes('Influence', {A: 4, B: 6, C: 6}, ['influence=uniform', 'influence=convex']),
  changes('Schedule', {A: 6, B: 7, C: 8}, [
    'schedule=parallel inversion.iterations=2',
    'schedule=parallel inversion.iterations=4',
    'schedule=parallel inversion.start=decoder',
  ]),
  changes('Update', {A: 6, B: 7, C: 8}, [
    'feedback=gradient influence=uniform',
    'feedback=gradient influence=paper',
    'feedback=gradient influence=convex',
  ]),
  changes('Decoders', {A: 6, B: 7, C: 8}, [
    'decoders.objective=autoencoder decoders.learningRate=0.3',
    'decoders.objective=autoencoder decoders.ridge=0.1',
    'decoders.objective=autoencoder decoders.noise={"input":0.3}',
    'decoders.objective=autoencoder decoders.noise={"output":0.3}',
  ]),
  pairs(
    'Learning rate × damping of the update',
    {A: 6, B: 6, C: 2},
    [1, 2, 4, 8].map(named('learningRate')),
    [0.25, 1].map(named('update.damping')),
  ),
  pairs(
    'Objective × iterations',
    {A: 4, B: 5, C: 8},
    objectives.map(named('decoders.objective')),
    [1, 4].map(named('inversion.iterations')),
  ),
  pairs(
    'Objective × influence',
    {A: 5, B: 7, C: 8},
    objectives.map(named('decoders.objective')),
    ['measured', 'paper', 'convex', 'uniform', 'none'].map(named('influence')),
  ),
  pairs(
    'Architecture and scheme × iterations',
    {A: 6, B: 8, C: 9},
    ['mirror', 'mlp'].flatMap((architecture) =>
      ['output', 'input', 'combined'].map(
        (scheme) => `decoder=${architecture} inversion.scheme=${scheme}`,
      ),
    ),
    [1, 4].map(named('inversion.iterations')),
  ),
  pairs(
    'Objective and rule × architecture',
    {A: 6, B: 8, C: 9},
    [
      // Of a linear decoder this objective needs no rule.
      'decoders.objective=perturbation',
      ...['autoencoder', 'reverse', 'both'].flatMap((objective) =>
        ['gram', 'delta'].map((rule) => `decoders.objective=${objective} decoders.rule=${rule}`),
      ),
    ],
    ['linear', 'mirror', 'mlp'].map(named('decoder')),
  ),
];

/** Every row once, for every task, in the order of the sections' numbers. */
export function jobsOf(sections: Section[], tasks: GridTask[]): Job[] {
  const all = sections.flatMap(({order, rows}) =>
    tasks.flatMap((task) => rows.map((row) => ({task, row, order: order[task]}))),
  );
  all.sort((a, b) => a.order - b.order);
  return [...new Map(all.map((job) => [`${job.task} ${rowName(job.row)}`, job])).values()];
}

/** Tells rows apart. */
export function rowName({method, rate, settings, seed}: Row): string {
  return [method, ...(rate === undefined ? [] : [rate]), settings, seed].join(' ').trim();
}

/** `field=` followed by the value. */
function named(field: string) {
  return (value: string | number) => `${field}=${value}`;
}

function reference(row: Pick<Row, 'method' | 'rate'>, seed = 1): Row {
  return {...row, settings: '', seed};
}

/** The row of `dtp` that differs from the defaults by these settings. */
export function settingsRow(settings: string): Row {
  return {method: 'dtp', settings: withoutDefaults(settings), seed: 1};
}

function changes(title: string, order: Section['order'], settings: string[]): Section {
  return {title, order, rows: settings.map(settingsRow)};
}

function pairs(
  title: string,
  order: Section['order'],
  lines: string[],
  columns: string[],
): Section {
  const rows = lines.flatMap((line) => columns.map((column) => settingsRow(`${line} ${column}`)));
  return {title, order, rows, pivot: {lines, columns}};
}

/** The words of settings in alphabetical order, without those that say the default. */
function withoutDefaults(settings: string): string {
  const changes = settings.split(' ').filter((word) => {
    const [field, value] = word.split('=');
    const path = field.split('.');
    const original = path.reduce((fields, name) => (fields as Fields)?.[name], defaults());
    return String(original) !== value;
  });
  return changes.sort().join(' ');
}

type Fields = {[name: string]: unknown} | undefined;

function defaults(): unknown {
  const optimizer = new DTPOptimizer();
  optimizer.dispose();
  return {...optimizer.getConfig(), decoder: 'linear'};
}
