import * as tf from '@tensorflow/tfjs';
import {imagesFor, trainTogether} from '../examples/compare/compare';
import type {MethodName} from '../examples/compare/methods';
import type {Network} from '../examples/compare/networks';
import type {Entry, Plan} from '../examples/compare/plan';
import {silent} from '../examples/compare/progress';
import type {Run} from '../examples/compare/run';
import type {Schedule} from '../examples/compare/schedule';
import {startBackend} from '../examples/compare/start_backend';
import type {Dataset} from '../examples/data/dataset';
import {type ContenderName, contenders} from './contenders';

export type Backend = Plan['backend'];

/** One training. */
export type TrainedRun = Pick<
  Run,
  'method' | 'rate' | 'schedule' | 'seed' | 'diverged' | 'epochs'
> & {
  backend: Backend;
};

export interface Training {
  network: Network;
  batch: number;
  epochs: number;
  contenders: ContenderName[];
  backend: Backend;
}

/** Trains all that the contenders choose from, an epoch of each in turn, from one seed. */
export async function trainSeed(
  training: Training,
  seed: number,
  data: Dataset,
  note: (text: string) => void,
): Promise<TrainedRun[]> {
  const {network, batch, epochs, backend} = training;
  const entries = entriesOf(training);
  await startBackend(backend);
  const images = imagesFor(network, data);
  const plan: Plan = {
    backend,
    network,
    batch,
    epochs,
    stepsPerEpoch: Math.ceil(data.train.count / batch),
    seeds: 1,
    entries,
    repeats: [],
    dtp: {},
    decoder: {architecture: 'linear'},
  };
  const progress = {
    ...silent,
    round: (runs: Run[]) =>
      note(`seed ${seed}, epoch ${runs[0].epochs.length - 1}/${epochs} of ${runs.length} runs`),
  };
  const runs = await trainTogether(entries, seed, plan, images, progress);
  tf.dispose([Object.values(images.train), Object.values(images.test)]);
  return runs.map(({method, rate, schedule, diverged, epochs}) => ({
    method,
    rate,
    schedule,
    seed,
    backend,
    diverged,
    epochs,
  }));
}

/** Every method, schedule and rate once, whoever chooses from them. */
function entriesOf({network, contenders: names}: Training): Required<Entry>[] {
  const trained = new Set<string>();
  return names.map((name) => {
    const {method, schedule, rates} = contenders[name];
    const own = rates(network.taskName).filter((rate) => isNew(trained, method, schedule, rate));
    return {method, schedule, rates: own};
  });
}

function isNew(trained: Set<string>, method: MethodName, schedule: Schedule, rate: number) {
  const before = trained.size;
  return trained.add(`${method} ${schedule} ${rate}`).size > before;
}
