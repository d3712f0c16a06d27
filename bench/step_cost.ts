import * as tf from '@tensorflow/tfjs';
import type {DTPOptimizerConfig} from 'tfjs-dtp';
import {type MethodName, methods} from '../examples/compare/methods';
import type {Network} from '../examples/compare/networks';
import {profileStep} from '../examples/compare/profile_step';
import {type Batch, disposeRun, type Run, startRun} from '../examples/compare/run';
import {type WasmKernels, withKernels} from '../examples/compare/wasm_kernels';
import type {Dataset} from '../examples/data/dataset';
import {type Phase, watchPhases} from './phases';

/** What is measured: one way to train a network. */
export interface StepCase {
  method: MethodName;
  kernels: WasmKernels;
  network: Network;
  batch: number;
  dtp: DTPOptimizerConfig;
}

export interface StepCost {
  method: MethodName;
  kernels: WasmKernels;
  backend: string;
  /** Wall time of a step: the median over the rounds. */
  milliseconds: number;
  /** The fastest and the slowest round. */
  range: [number, number];
  /** Of the first step of a network, in which decoders have their first lessons; all is compiled. */
  firstStep: number;
  /** Milliseconds a step in each phase; null where a clock cannot tell (webgl, webgpu). */
  phases: Record<Phase, number> | null;
  /** The most bytes in tensors during a step, mini-batch included. */
  peakBytes: number;
  /** Bytes held between steps besides the weights that are trained: optimizer and decoders. */
  stateBytes: number;
  /** Calls of kernels, and tensors they make, in the mean over the steps of a round. */
  kernelCalls: number;
  tensors: number;
}

export interface Rounds {
  /** Steps that each case takes before anything is timed or counted, at least 1. */
  warmUp: number;
  rounds: number;
  /** Of each case in each round. */
  steps: number;
}

/** What mini-batches are taken from. */
export type TrainingImages = Pick<Dataset, 'features' | 'classes' | 'train'>;

/** The most mini-batches that are held at once. */
export const BATCHES = 64;

/**
 * The costs of training steps on the current backend, on the first mini-batches of images in turn, or
 * else of noise.
 *
 * From mini-batch to mini-batch they are those of a training: decoders that follow what still moves have
 * as much to learn as there.
 *
 * What is counted is counted with each case alone: a step of DTPOptimizer looks at all variables that
 * there are. To be timed, all cases stand ready side by side and take turns, so that whatever else the
 * machine does slows all of them alike. Every step waits for its loss, as a progress bar would.
 */
export async function measureSteps(
  cases: StepCase[],
  {warmUp, rounds, steps}: Rounds,
  images: TrainingImages | null = null,
): Promise<StepCost[]> {
  const counts: Counts[] = [];
  for (const one of cases) {
    counts.push(await withPrepared([one], images, warmUp, ([it]) => countsOf(it, steps)));
  }
  return withPrepared(cases, images, warmUp, async (prepared) => {
    const times = prepared.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, one] of prepared.entries()) {
        const milliseconds = await timed(one, () => repeat(steps, one.step));
        times[i].push(milliseconds / steps);
      }
    }
    return prepared.map(({of: {method, kernels}, firstStep}, i) => {
      const sorted = times[i].sort((a, b) => a - b);
      return {
        method,
        kernels,
        backend: tf.getBackend(),
        milliseconds: median(sorted),
        range: [sorted[0], sorted[sorted.length - 1]],
        firstStep,
        ...counts[i],
      };
    });
  });
}

type Counts = Pick<StepCost, 'phases' | 'peakBytes' | 'stateBytes' | 'kernelCalls' | 'tensors'>;

/** The warmed-up steps of one case, for whoever counts something else; on the kernels as they are. */
export async function stepper(
  of: StepCase,
): Promise<{step: () => Promise<unknown>; dispose: () => void}> {
  const prepared = await prepare(of, null, 1);
  return {step: prepared.step, dispose: () => disposePrepared(prepared)};
}

interface Prepared {
  of: StepCase;
  run: Run;
  data: Batch[];
  step: () => Promise<unknown>;
  firstStep: number;
  stateBytes: number;
}

async function withPrepared<Result>(
  cases: StepCase[],
  images: TrainingImages | null,
  warmUp: number,
  action: (prepared: Prepared[]) => Promise<Result>,
): Promise<Result> {
  const prepared: Prepared[] = [];
  try {
    for (const one of cases) prepared.push(await prepare(one, images, warmUp));
    return await action(prepared);
  } finally {
    prepared.forEach(disposePrepared);
  }
}

async function prepare(
  of: StepCase,
  images: TrainingImages | null,
  warmUp: number,
): Promise<Prepared> {
  const {method, network, batch, dtp} = of;
  const data = images === null ? noise(network, batch) : firstBatches(network, batch, images);
  let taken = 0;
  const before = tf.memory().numBytes;
  const [rate] = methods[method].rates(network.taskName, dtp);
  const plan = {network, dtp, decoder: {}, epochs: 1, stepsPerEpoch: 1};
  const run = startRun(plan, method, rate, 1);
  const prepared = {
    of,
    run,
    data,
    step: () => {
      const {inputs, targets} = data[taken++ % data.length];
      return run.model.trainOnBatch(inputs, targets);
    },
    firstStep: 0,
    stateBytes: 0,
  };
  prepared.firstStep = await timed(prepared, prepared.step);
  await timed(prepared, () => repeat(warmUp - 1, prepared.step));
  prepared.stateBytes = tf.memory().numBytes - before - weightBytesOf(run);
  return prepared;
}

function disposePrepared({run, data}: Prepared): void {
  disposeRun(run);
  for (const {inputs, targets} of data) tf.dispose([inputs, targets]);
}

async function countsOf(one: Prepared, steps: number): Promise<Counts> {
  const {stateBytes} = one;
  const others = tf.memory().numBytes - stateBytes - weightBytesOf(one.run) - batchBytesOf(one);
  let peakBytes = 0;
  let kernelCalls = 0;
  let tensors = 0;
  await timed(one, async () => {
    for (let i = 0; i < steps; i++) {
      const profile = await profileStep(one.step);
      peakBytes = Math.max(peakBytes, profile.peakBytes - others);
      kernelCalls += profile.kernels / steps;
      tensors += profile.tensors / steps;
    }
  });
  return {phases: await phasesOf(one, steps), peakBytes, stateBytes, kernelCalls, tensors};
}

async function phasesOf(one: Prepared, steps: number): Promise<StepCost['phases']> {
  if (!['cpu', 'wasm'].includes(tf.getBackend())) return null;
  const watch = watchPhases(one.run.optimizer);
  try {
    await timed(one, () => repeat(steps, one.step));
  } finally {
    watch.stop();
  }
  const {milliseconds} = watch;
  for (const phase of Object.keys(milliseconds) as Phase[]) milliseconds[phase] /= steps;
  return milliseconds;
}

/** Runs something on the kernels of a case; the milliseconds that takes. */
function timed({of}: Pick<Prepared, 'of'>, action: () => Promise<unknown>): Promise<number> {
  return withKernels(of.kernels, async () => {
    const start = performance.now();
    await action();
    return performance.now() - start;
  });
}

async function repeat(times: number, action: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await action();
}

/** Of images as they come: as many mini-batches as they make, but no more than `BATCHES`. */
function firstBatches({task, taskName}: Network, batch: number, images: TrainingImages): Batch[] {
  const {features, train} = images;
  const whole = Math.max(1, Math.floor(train.count / batch));
  return Array.from({length: Math.min(BATCHES, whole)}, (_, i) => {
    const [from, to] = [i * batch, Math.min((i + 1) * batch, train.count)];
    const pixels = train.pixels.subarray(from * features, to * features);
    const examples = {count: to - from, pixels, labels: train.labels.subarray(from, to)};
    const inputs = tf.tensor2d(pixels, [to - from, features]);
    const targets = taskName === 'reconstruct' ? inputs.clone() : task.targets(examples, images);
    return {inputs, targets};
  });
}

/** Mini-batches of noise, for networks of any size, and answers as the task has them. */
function noise({sizes, taskName}: Network, batch: number): Batch[] {
  const [pixels] = sizes;
  const classes = sizes[sizes.length - 1];
  return Array.from({length: 16}, (_, i) =>
    tf.tidy(() => {
      const inputs = tf.randomUniform<tf.Rank.R2>([batch, pixels], 0, 1, 'float32', i + 1);
      if (taskName === 'reconstruct') return {inputs, targets: inputs.clone()};
      const labels = tf.range(0, batch, 1, 'int32').mod(tf.scalar(classes, 'int32'));
      return {inputs, targets: tf.oneHot(labels.toInt(), classes).toFloat() as tf.Tensor2D};
    }),
  );
}

function weightBytesOf(run: Run): number {
  return run.model.trainableWeights.reduce((sum, weight) => sum + 4 * weight.read().size, 0);
}

/** Of a mini-batch: inputs that are their own targets are held once. */
function batchBytesOf({data: [{inputs, targets}]}: Prepared): number {
  return 4 * (inputs.size + (targets.dataId === inputs.dataId ? 0 : targets.size));
}

/** Of sorted values. */
function median(sorted: number[]): number {
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
