import {
  type ActivationName,
  describe,
  type Network,
  type NetworkName,
  networkFor,
  networks,
} from '../examples/compare/networks';
import type {Dataset} from '../examples/data/dataset';

/** A network of examples/compare and for how long it is trained. */
export interface BenchTask {
  label: string;
  network: NetworkName;
  /** In place of the network's own. */
  activation?: ActivationName;
  epochs: number;
}

/** What is trained, by the names of the columns and sections of reports. */
const table = {
  A: {label: 'A: two wide relu layers', network: 'mlp', epochs: 4},
  B: {label: 'B: six tanh layers', network: 'deep', epochs: 4},
  C: {label: 'C: tanh autoencoder', network: 'autoencoder', epochs: 6},
  'C-relu': {
    label: 'C-relu: relu autoencoder',
    network: 'autoencoder',
    activation: 'relu',
    epochs: 6,
  },
  D: {label: 'D: two relu convolutions', network: 'conv', epochs: 3},
} satisfies Record<string, BenchTask>;

export type BenchTaskName = keyof typeof table;
export const benchTasks: Record<BenchTaskName, BenchTask> = table;

/** The network of a task for a data set, in words, and its mini-batches. */
export function taskFor(
  name: BenchTaskName,
  data: Pick<Dataset, 'features' | 'classes'>,
): {network: Network; description: string; batch: number} {
  const {network: kind, activation} = benchTasks[name];
  const network = networkFor(data, kind, {activation});
  return {network, description: describe(network), batch: networks[kind].batch};
}
