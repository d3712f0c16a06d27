import {writeFileSync} from 'node:fs';
import {basename} from 'node:path';
import {drawChart, lossChart, styles} from '../examples/compare/chart';
import {methods} from '../examples/compare/methods';
import {networks} from '../examples/compare/networks';
import type {EpochResult} from '../examples/compare/run';
import {tasks} from '../examples/compare/tasks';
import {contenders} from './contenders';
import {multiple, significant, table} from './markdown';
import {originLines} from './origin';
import {type Phase, phases} from './phases';
import type {BenchResults, TaskResult} from './results';
import {type Standing, standings} from './standings';
import type {StepCost} from './step_cost';
import {summaryTable} from './summary';
import {type BenchTaskName, benchTasks} from './tasks';

/** Writes `base.md`, and beside it a chart of each task, `base-A.svg`, ... @returns Their names. */
export function writeReport(base: string, results: BenchResults): string[] {
  const trained = results.tasks.filter(({runs}) => runs.length > 0);
  const chartOf = (task: BenchTaskName) => `${base}-${task}.svg`;
  for (const task of trained) writeFileSync(chartOf(task.task), chart(task, results));
  writeFileSync(
    `${base}.md`,
    report(results, (task) => basename(chartOf(task))),
  );
  return [`${base}.md`, ...trained.map(({task}) => chartOf(task))];
}

/** The results as Markdown. */
export function report(results: BenchResults, chartOf: (task: BenchTaskName) => string): string {
  const {data, seeds, quick} = results.settings;
  const introduction = [
    '# Bench',
    [
      ...originLines(results),
      `- data: ${data.name}, ${data.train} images to train on, ${data.test} to test on; ${seeds} seeds`,
      ...chromeLines(results),
      ...(quick ? ['- **a trial run: far too short to conclude from**'] : []),
    ].join('\n'),
    NOTES,
    summaryOf(results),
  ];
  const sections = results.tasks.map((task) => section(task, results, chartOf(task.task)));
  const parts = [...introduction, ...sections].filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

function summaryOf({tasks, settings}: BenchResults): string {
  const found = summaryTable(tasks, settings.contenders);
  return found === null ? '' : `## Summary\n\n${found}`;
}

function chromeLines({chrome}: BenchResults): string[] {
  if (chrome === null) return [];
  const {version, renderer, threads, failures} = chrome;
  const software = /swiftshader|llvmpipe|software/i.test(renderer)
    ? ' in software: webgl and webgpu here say how costs compare, not how fast a graphics card is'
    : '';
  return [
    `- Chrome ${version}, wasm with ${threads} threads, drawing by ${renderer}${software}`,
    ...failures.map((failure) => `- did not run: ${failure}`),
  ];
}

const NOTES = [
  'A method stands for its rate with the lowest final train loss, a mean over the seeds; (edge): the ' +
    'first or last rate of its list. × is a multiple of the lowest loss that Adam reached with any ' +
    'rate and schedule. Losses do not depend on the kernels, up to rounding, and are trained once; ' +
    'the seconds on the other kernels are those, times the ratio of the times of a step.',
  '“To Adam’s loss” are the seconds of training, the first lessons of the decoders included, until ' +
    'that lowest loss of Adam; Infinity: not within these epochs. On wasm, `stock` is TensorFlow.js ' +
    'as it is, `fixed` has its transposed products and its gradients of convolutions mended. State is ' +
    'what optimizer and decoders hold between steps; the peak counts all tensors of a step, those that ' +
    'share their data as if they did not, but not what a kernel holds only while it runs. – where ' +
    'nothing was measured: so for Adam and SGD on stock wasm where there are convolutions, which it ' +
    'cannot differentiate.',
].join('\n\n');

function section(result: TaskResult, results: BenchResults, chartFile: string): string {
  const {task, network, batch, epochs, runs, steps} = result;
  const all = standings(result, results.settings.contenders);
  const parts = [
    `## Task ${benchTasks[task].label}`,
    `${network}, mini-batches of ${batch}, ${epochs} epochs.`,
  ];
  if (all.length > 0) {
    parts.push(`![Train loss of task ${task}](${chartFile})`, lossTable(result, all));
    const missing = [...new Set(runs.filter(({diverged}) => diverged).map(nameOf))];
    if (missing.length > 0) parts.push(`Diverged: ${missing.join(', ')}.`);
    parts.push('### By epoch', curveTable(all));
  }
  if (steps.length > 0) parts.push('### A step', costTable(steps), '### Phases', phaseTable(steps));
  return parts.join('\n\n');
}

function nameOf({method, rate, schedule}: TaskResult['runs'][number]): string {
  return `${methods[method].label} at ${rate}${schedule === 'cosine' ? ', cosine' : ''}`;
}

function lossTable({task}: TaskResult, all: Standing[]): string {
  const {score} = tasks[networks[benchTasks[task].network].task];
  const adam = lowestOf(all.filter(({contender}) => contenders[contender].method === 'adam'));
  const lines = all.map(
    ({contender, kernels, rate, atEdge, diverged, curve, secondsToAdam, cost}) => {
      const end = curve[curve.length - 1];
      return [
        contenders[contender].label,
        onBackend(kernels, cost),
        `${rate}${atEdge ? ' (edge)' : ''}`,
        diverged ? 'diverged' : significant(end.loss),
        diverged ? '–' : multiple(end.loss / adam),
        diverged ? '–' : score.format(end.score) + score.unit,
        significant(end.seconds),
        significant(secondsToAdam),
      ];
    },
  );
  const head = ['method', 'kernels', 'rate', 'train loss', '× Adam', score.name, 's'];
  return table([...head, 's to Adam’s loss'], lines);
}

function lowestOf(all: Standing[]): number {
  const losses = all.flatMap(({curve}) => curve.map(({loss}) => loss)).filter(Number.isFinite);
  return losses.length === 0 ? Number.NaN : Math.min(...losses);
}

function onBackend(kernels: string, cost: StepCost | undefined): string {
  return cost === undefined || cost.backend === 'wasm' ? kernels : cost.backend;
}

/** Train loss and seconds after every epoch, on the kernels of each method. */
function curveTable(all: Standing[]): string {
  const own = all.filter(
    ({contender, kernels}) => kernels === methods[contenders[contender].method].wasmKernels,
  );
  const epochs = Math.max(...own.map(({curve}) => curve.length));
  const cell = (epoch: EpochResult | undefined) =>
    epoch === undefined ? '–' : `${significant(epoch.loss)} (${significant(epoch.seconds)} s)`;
  return table(
    ['method', ...Array.from({length: epochs}, (_, epoch) => String(epoch))],
    own.map(({contender, curve}) => [
      contenders[contender].label,
      ...Array.from({length: epochs}, (_, epoch) => cell(curve[epoch])),
    ]),
  );
}

/** What a step costs, as a multiple of Adam's on the same backend with either kind of kernels. */
function costTable(steps: StepCost[]): string {
  const adam = (backend: string, kernels: string) =>
    steps.find(
      (cost) => cost.method === 'adam' && cost.backend === backend && cost.kernels === kernels,
    )?.milliseconds ?? Number.NaN;
  return table(
    [
      'method',
      'backend',
      'ms a step',
      '× Adam, fixed',
      '× Adam, stock',
      'first step ms',
      'peak MB',
      'state MB',
      'kernels',
      'tensors',
    ],
    steps.map((cost) => [
      methods[cost.method].label,
      `${cost.backend}${cost.backend.includes('wasm') ? `, ${cost.kernels}` : ''}`,
      `${significant(cost.milliseconds)} (${cost.range.map((ms) => significant(ms)).join('–')})`,
      multiple(cost.milliseconds / adam(cost.backend, 'fixed')),
      multiple(cost.milliseconds / adam(cost.backend, 'stock')),
      significant(cost.firstStep),
      significant(cost.peakBytes / 1e6),
      significant(cost.stateBytes / 1e6),
      cost.kernelCalls.toFixed(0),
      cost.tensors.toFixed(0),
    ]),
  );
}

function phaseTable(steps: StepCost[]): string {
  const names = Object.keys(phases) as Phase[];
  const lines = steps.flatMap(({method, kernels, backend, phases: split}) =>
    split === null
      ? []
      : [
          [
            methods[method].label,
            `${backend}${backend.includes('wasm') ? `, ${kernels}` : ''}`,
            ...names.map((phase) => significant(split[phase])),
          ],
        ],
  );
  return table(['ms', 'backend', ...names.map((name) => phases[name])], lines);
}

function chart({task, network, epochs, runs, steps}: TaskResult, results: BenchResults): string {
  const {contenders: names, data, seeds} = results.settings;
  const all = standings({task, network, batch: 0, epochs, runs, steps}, names);
  const own = all.filter(
    ({contender, kernels}) => kernels === methods[contenders[contender].method].wasmKernels,
  );
  return drawChart(
    lossChart({
      title: `${benchTasks[task].label}: ${network}`,
      subtitle: `${data.name}, ${data.train} images · mean of ${seeds} seeds · best rate of each method`,
      epochs,
      lines: own.map(({contender, rate, curve}) => {
        const {method, label, schedule} = contenders[contender];
        const type = contender === 'dtp' || schedule === 'constant' ? 'solid' : 'dashed';
        const {stroke, symbol} = styles[method];
        return {
          name: `${label} (${rate})`,
          style: {stroke: {...stroke, type}, symbol},
          onTop: method === 'dtp',
          points: curve,
        };
      }),
    }),
  );
}
