import * as tf from '@tensorflow/tfjs';
import type {Dataset, Examples} from '../data/dataset';
import {permutation} from '../data/permutation';
import {type MethodName, methods} from './methods';
import type {Network} from './networks';
import type {Entry, Plan} from './plan';
import type {Progress} from './progress';
import {rehearse} from './rehearse';
import {
  type Batch,
  disposeRun,
  type EpochResult,
  evaluate,
  type Run,
  startRun,
  trainEpoch,
} from './run';

/** What a method achieved. */
export interface MethodResult {
  method: MethodName;
  /** All rates that were tried. */
  rates: RateResult[];
  /** The one of them with the lowest final train loss, a mean over the seeds. */
  best: RateResult;
  /** See `rehearse`. */
  peakBytes: number;
}

export interface RateResult {
  rate: number;
  /** One for each seed. */
  runs: RunResult[];
}

export type RunResult = Pick<Run, 'seed' | 'diverged' | 'epochs'>;

/** The images as tensors. */
export interface Images {
  train: Batch;
  test: Batch;
}

/** Trains the network by every method, at every rate, from every seed. */
export async function compare(
  plan: Plan,
  data: Dataset,
  progress: Progress,
): Promise<MethodResult[]> {
  const images = imagesFor(plan.network, data);
  const results = await race(plan.entries, plan, images, progress);

  const repeats = plan.repeats.map((method) => {
    const repeated = results.find((result) => result.method === methods[method].repeats);
    return {method, rates: [(repeated as MethodResult).best.rate]};
  });
  results.push(...(await race(repeats, plan, images, progress)));

  tf.dispose([Object.values(images.train), Object.values(images.test)]);
  return results;
}

/** Trains all methods and rates side by side, one seed after the other. */
async function race(
  entries: Entry[],
  plan: Plan,
  images: Images,
  progress: Progress,
): Promise<MethodResult[]> {
  if (entries.length === 0) return [];
  const peaks: number[] = [];
  for (const {method, rates} of entries) {
    peaks.push(await rehearse(plan, method, rates[0], images.train));
  }
  const runs: Run[] = [];
  for (let seed = 1; seed <= plan.seeds; seed++) {
    runs.push(...(await trainTogether(entries, seed, plan, images, progress)));
  }
  return entries.map(({method, rates}, index) => {
    const results = rates.map((rate) => ({
      rate,
      runs: runs
        .filter((run) => run.method === method && run.rate === rate)
        .map(({seed, diverged, epochs}) => ({seed, diverged, epochs})),
    }));
    return {method, rates: results, best: lowestLoss(results), peakBytes: peaks[index]};
  });
}

/**
 * Trains all methods and rates from one seed, an epoch of each in turn: they see the same
 * mini-batches, and whatever else the machine does slows all of them alike.
 */
export async function trainTogether(
  entries: Entry[],
  seed: number,
  plan: Plan,
  {train, test}: Images,
  progress: Progress,
): Promise<Run[]> {
  const runs = entries.flatMap(({method, rates, schedule}) =>
    rates.map((rate) => startRun(plan, method, rate, seed, schedule)),
  );
  const note = (run: Run, seconds: number) => {
    const result: EpochResult = {...evaluate(run, plan.network, train, test), seconds};
    run.epochs.push(result);
    run.diverged ||= !Number.isFinite(result.loss);
    return result;
  };
  try {
    for (const run of runs) note(run, 0);
    for (let epoch = 1; epoch <= plan.epochs; epoch++) {
      const shuffled = shuffle(train, seed, epoch);
      for (const run of runs) {
        const {seconds} = run.epochs[run.epochs.length - 1];
        if (!run.diverged) note(run, seconds + (await trainEpoch(run, shuffled, plan)));
        progress.epoch(run);
        // Gives the progress bars a chance to draw themselves.
        await tf.nextFrame();
      }
      tf.dispose(Object.values(shuffled));
      progress.round(runs);
    }
  } finally {
    runs.forEach(disposeRun);
  }
  return runs;
}

/** The images in an order that depends on nothing but seed and epoch. */
function shuffle({inputs, targets}: Batch, seed: number, epoch: number): Batch {
  return tf.tidy(() => {
    const order = tf.tensor1d(permutation(inputs.shape[0], seed, epoch), 'int32');
    return {inputs: inputs.gather(order), targets: targets.gather(order)};
  });
}

/** All images as tensors, with what the network should answer to them; the caller's to dispose. */
export function imagesFor({task}: Network, data: Dataset): Images {
  const asTensors = (examples: Examples): Batch => ({
    inputs: tf.tensor2d(examples.pixels, [examples.count, data.features]),
    targets: task.targets(examples, data),
  });
  return {train: asTensors(data.train), test: asTensors(data.test)};
}

/** The rate with the lowest final train loss, a mean over the seeds. */
export function lowestLoss(results: RateResult[]): RateResult {
  return results.reduce((best, other) => (meanLoss(other) < meanLoss(best) ? other : best));
}

/** The final train loss, a mean over the seeds; infinite if a seed diverged. */
function meanLoss({runs}: RateResult): number {
  const losses = runs.map(({diverged, epochs}) =>
    diverged ? Infinity : (epochs.at(-1)?.loss ?? 0),
  );
  return losses.reduce((sum, loss) => sum + loss) / losses.length;
}
