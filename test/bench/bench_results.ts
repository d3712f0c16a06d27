import type {BenchResults, TaskResult} from '../../bench/results';
import type {StepCost} from '../../bench/step_cost';
import type {TrainedRun} from '../../bench/train';

/** Results of task A with these trainings and costs, as `npm run bench` has them. */
export function benchResults(
  runs: TrainedRun[],
  steps: StepCost[] = [],
  settings: Partial<BenchResults['settings']> = {},
): BenchResults {
  const task: TaskResult = {
    task: 'A',
    network: '64-128-128-10 relu',
    batch: 64,
    epochs: 2,
    runs,
    steps,
  };
  return {
    kind: 'bench',
    commit: 'abc1234',
    dirty: false,
    date: '2026-01-02T03:04:05.000Z',
    versions: {node: 'v20.0.0', tfjs: '4.22.0'},
    machine: {processor: 'a processor', cores: 2, platform: 'linux x64'},
    settings: {
      contenders: ['dtp', 'dtp-tuned', 'adam', 'adam-cosine'],
      seeds: 2,
      data: {name: 'digits', train: 100, test: 10},
      quick: false,
      ...settings,
    },
    chrome: null,
    tasks: [task],
  };
}

/** A training with these losses, a second an epoch. */
export function trained(
  run: Pick<TrainedRun, 'method' | 'rate'> & Partial<TrainedRun>,
  ...losses: number[]
): TrainedRun {
  return {
    schedule: 'constant',
    seed: 1,
    backend: 'wasm',
    diverged: losses.some((loss) => !Number.isFinite(loss)),
    epochs: losses.map((loss, seconds) => ({loss, score: 0.5, seconds})),
    ...run,
  };
}

/** What a step costs, on wasm. */
export function cost(
  of: Pick<StepCost, 'method' | 'kernels' | 'milliseconds'> & Partial<StepCost>,
): StepCost {
  return {
    backend: 'wasm',
    range: [of.milliseconds, of.milliseconds],
    firstStep: 1,
    phases: {forward: 1, outputGradient: 1, down: 1, update: 1, apply: 1, decoders: 1},
    peakBytes: 2e6,
    stateBytes: 1e6,
    kernelCalls: 10,
    tensors: 10,
    ...of,
  };
}
