import {type MethodName, methods} from '../examples/compare/methods';
import {networks} from '../examples/compare/networks';
import {tasks} from '../examples/compare/tasks';
import type {WasmKernels} from '../examples/compare/wasm_kernels';
import {type ContenderName, contenders} from './contenders';
import {multiple, table} from './markdown';
import type {TaskResult} from './results';
import {endOf, type Standing, standings} from './standings';
import {benchTasks} from './tasks';

/** How DTP does on a task against Adam, and against back-propagated differences with its update. */
export interface Summary {
  /** Final train loss as a multiple of the lowest of Adam. */
  loss: number;
  /** The score minus that of Adam, the Adam with the lowest final loss. */
  score: number;
  /** Final train loss as a multiple of that of “BP + same update”. */
  lossOfBp: number;
  /** Seconds to the lowest loss of Adam, as multiples of Adam's own on either kind of kernels. */
  seconds: Record<WasmKernels, number>;
  /** Time of a step as multiples of Adam's, likewise. */
  step: Record<WasmKernels, number>;
  /** Bytes held between steps, and the peak of a step, as multiples of Adam's. */
  state: number;
  peak: number;
}

/**
 * Every method at its best rate, DTP on its own kernels, means over the seeds.
 *
 * NaN for what was not measured, as Adam on stock kernels that cannot train the network.
 *
 * @returns null if the contender was not trained.
 */
export function summary(
  result: TaskResult,
  names: ContenderName[],
  contender: ContenderName,
): Summary | null {
  const all = standings(result, names);
  const dtp = all.find((one) => one.contender === contender && onOwnKernels(one));
  if (dtp === undefined) return null;
  const of = (method: MethodName) => all.filter((one) => methodOf(one) === method);
  const adams = of('adam');
  const end = endOf(dtp);
  const seconds = (kernels: WasmKernels) =>
    dtp.secondsToAdam / lowest(on(kernels, adams).map((one) => one.secondsToAdam));
  const cost = (field: 'milliseconds' | 'stateBytes' | 'peakBytes', kernels: WasmKernels) =>
    (dtp.cost?.[field] ?? Number.NaN) / (on(kernels, adams)[0]?.cost?.[field] ?? Number.NaN);
  return {
    loss: end.loss / lowest(adams.flatMap(({curve}) => curve.map(({loss}) => loss))),
    score: end.score - endOf(best(adams)).score,
    lossOfBp: end.loss / endOf(best(of('bp'))).loss,
    seconds: {stock: seconds('stock'), fixed: seconds('fixed')},
    step: {stock: cost('milliseconds', 'stock'), fixed: cost('milliseconds', 'fixed')},
    state: cost('stateBytes', 'fixed'),
    peak: cost('peakBytes', 'fixed'),
  };
}

/** The summaries of all tasks as a table in Markdown; null if DTP was not trained. */
export function summaryTable(results: TaskResult[], names: ContenderName[]): string | null {
  const lines = results.flatMap((result) =>
    names
      .filter((name) => contenders[name].method === 'dtp')
      .flatMap((name) => {
        const found = summary(result, names, name);
        return found === null ? [] : [lineOf(found, result, contenders[name].label)];
      }),
  );
  return lines.length === 0 ? null : table(HEAD, lines);
}

const HEAD = [
  'as a multiple of',
  'train loss of Adam',
  'score less Adam’s',
  'train loss of BP + same update',
  'time to Adam’s loss of stock Adam',
  '… of fixed Adam',
  'step of stock Adam',
  '… of fixed Adam',
  'state of Adam',
  'peak of Adam',
];

function lineOf(found: Summary, {task}: TaskResult, label: string): string[] {
  const {score} = tasks[networks[benchTasks[task].network].task];
  const difference = `${found.score < 0 ? '−' : '+'}${score.format(Math.abs(found.score))}`;
  const {loss, lossOfBp, seconds, step, state, peak} = found;
  return [
    `${task}: ${label}`,
    multiple(loss),
    Number.isNaN(found.score) ? '–' : difference + score.unit,
    ...[lossOfBp, seconds.stock, seconds.fixed, step.stock, step.fixed, state, peak].map(multiple),
  ];
}

function methodOf({contender}: Standing): MethodName {
  return contenders[contender].method;
}

function onOwnKernels(one: Standing): boolean {
  return one.kernels === methods[methodOf(one)].wasmKernels;
}

function on(kernels: WasmKernels, all: Standing[]): Standing[] {
  return all.filter((one) => one.kernels === kernels);
}

/** The one with the lowest final loss. */
function best(all: Standing[]): Standing | undefined {
  return [...all].sort((one, other) => rank(one) - rank(other))[0];
}

function rank({diverged, curve}: Standing): number {
  return diverged ? Number.POSITIVE_INFINITY : curve[curve.length - 1].loss;
}

/** Of those that are numbers; NaN of none. */
function lowest(values: number[]): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? Number.NaN : Math.min(...numbers);
}
