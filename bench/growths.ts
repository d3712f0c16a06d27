import type {DTPOptimizerConfig} from 'tfjs-dtp';
import {methods} from '../examples/compare/methods';
import type {ActivationName, Network} from '../examples/compare/networks';
import {tasks} from '../examples/compare/tasks';
import {exponent, line} from './growth';
import {multiple, significant, table} from './markdown';
import {type Origin, originLines} from './origin';
import type {StepCase, StepCost} from './step_cost';

/** One size of a step that grows while the others stay. */
export interface Growth {
  label: string;
  sizes: number[];
  cases: (size: number) => StepCase[];
}

/** Inputs of all networks, as MNIST has them. */
export const PIXELS = 784;

/** DTP, the same update with back-propagated differences, and Adam, mended where it is slow. */
const growthTable = {
  width: {
    label: 'width: 784-n-n-10 relu, mini-batches of 64',
    sizes: [64, 128, 256, 512, 1024, 2048],
    cases: (n) => allMethods([PIXELS, n, n, 10], 'relu', 64),
  },
  depth: {
    label: 'depth: 784-n×128-10 tanh, mini-batches of 64',
    sizes: [2, 4, 8, 16, 32],
    cases: (n) => allMethods([PIXELS, ...Array<number>(n).fill(128), 10], 'tanh', 64),
  },
  batch: {
    label: 'mini-batch: 784-256-256-10 relu, mini-batches of n',
    sizes: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    cases: (n) => allMethods([PIXELS, 256, 256, 10], 'relu', n),
  },
  iterations: {
    label: 'iterations: 784-6×240-10 tanh, mini-batches of 100, n iterations of the inversion',
    sizes: [0, 1, 2, 4, 8],
    cases: (n) => [
      {
        ...allMethods([PIXELS, 240, 240, 240, 240, 240, 240, 10], 'tanh', 100)[0],
        dtp: iterating(n),
      },
    ],
  },
} satisfies Record<string, Growth>;

export type GrowthName = keyof typeof growthTable;
export const growths: Record<GrowthName, Growth> = growthTable;

/** A file of `npm run bench:scaling`. */
export interface ScalingResults extends Origin {
  kind: 'bench:scaling';
  backend: string;
  quick: boolean;
  /** What mini-batches are taken from; 'noise' for no images. */
  data: string;
  growths: {name: GrowthName; points: {size: number; costs: StepCost[]}[]}[];
  /** How many tensors so many steps left behind; null if not asked. */
  leak: {steps: number; tensors: number} | null;
}

function allMethods(sizes: number[], activation: ActivationName, batch: number): StepCase[] {
  const network: Network = {
    task: tasks.classify,
    taskName: 'classify',
    filters: [],
    sizes,
    activation,
  };
  return (['dtp', 'bp', 'adam'] as const).map((method) => ({
    method,
    kernels: methods[method].wasmKernels,
    network,
    batch,
    dtp: {},
  }));
}

/** No iteration is the scheme without any. */
function iterating(iterations: number): DTPOptimizerConfig {
  return {inversion: iterations === 0 ? {scheme: 'none'} : {iterations}};
}

/** The results as Markdown: a table of milliseconds for each growth, with what fits them. */
export function scalingReport(results: ScalingResults): string {
  const {leak, quick, backend, data} = results;
  const parts = [
    '# Bench: growth of a step',
    [
      ...originLines(results),
      `- backend ${backend}`,
      `- mini-batches of ${data}`,
      ...(quick ? ['- **a trial run: far too short to conclude from**'] : []),
    ].join('\n'),
    NOTES,
    ...results.growths.map(growthSection),
  ];
  if (leak !== null) parts.push(`After ${leak.steps} steps of DTP: ${leak.tensors} tensors more.`);
  return `${parts.join('\n\n')}\n`;
}

const NOTES =
  'Milliseconds a step, the median of the rounds. The exponent p is that of cost ≈ a · n^p by least ' +
  'squares over all sizes; the last column is p between the two largest sizes only, where what a step ' +
  'costs at any size weighs least. For iterations, which begin at 0, it is a straight line instead: ' +
  'milliseconds for each iteration, and as a multiple of the step without any.';

function growthSection({name, points}: ScalingResults['growths'][number]): string {
  const lines = points[0].costs.map(({method}, i) => {
    const costs = points.map(({size, costs}) => ({size, cost: costs[i].milliseconds}));
    return [
      methods[method].label,
      ...costs.map(({cost}) => significant(cost)),
      ...(points.length < 2
        ? ['–', '–']
        : name === 'iterations'
          ? byIteration(costs)
          : byPower(costs)),
    ];
  });
  const fits = name === 'iterations' ? ['ms an iteration', '× none'] : ['p', 'p at the end'];
  return [
    `## ${growths[name].label}`,
    table(['ms', ...points.map(({size}) => String(size)), ...fits], lines),
  ].join('\n\n');
}

type Costs = Parameters<typeof exponent>[0];

function byPower(costs: Costs): string[] {
  return [exponent(costs), exponent(costs.slice(-2))].map((power) => power.toFixed(2));
}

function byIteration(costs: Costs): string[] {
  const {slope, intercept} = line(costs);
  return [significant(slope), multiple(slope / intercept)];
}
