import * as tf from '@tensorflow/tfjs';
import type {Dataset} from '../data/dataset';
import {type Task, type TaskName, tasks} from './tasks';

/** The activations that every method can train through. */
export const activations = [
  'relu',
  'tanh',
  'sigmoid',
  'elu',
  'softplus',
  'relu6',
  'hardSigmoid',
  'linear',
] as const;
export type ActivationName = (typeof activations)[number];

/** Networks to train. `small` are the hidden units for images below 256 pixels, `large` from there. */
const table = {
  mlp: {
    task: 'classify',
    activation: 'relu',
    batch: 64,
    small: [128, 128],
    large: [256, 256],
  },
  deep: {
    task: 'classify',
    activation: 'tanh',
    batch: 100,
    small: [96, 96, 96, 96, 96, 96],
    large: [240, 240, 240, 240, 240, 240],
  },
  autoencoder: {
    task: 'reconstruct',
    activation: 'tanh',
    batch: 100,
    small: [64, 32, 8, 32, 64],
    large: [256, 64, 16, 64, 256],
  },
} satisfies Record<string, NetworkDefaults>;

interface NetworkDefaults {
  task: TaskName;
  activation: ActivationName;
  batch: number;
  small: number[];
  large: number[];
}

export const networks: Record<NetworkName, NetworkDefaults> = table;
export type NetworkName = keyof typeof table;

/** A fully connected network for a data set. */
export interface Network {
  task: Task;
  taskName: TaskName;
  /** Pixels of an image, then the units of every layer. */
  sizes: number[];
  activation: ActivationName;
}

/** The network of a name for a data set; `hidden` and `activation` replace its own. */
export function networkFor(
  data: Dataset,
  name: NetworkName,
  {hidden, activation}: {hidden?: number[]; activation?: ActivationName} = {},
): Network {
  const defaults = networks[name];
  const task = tasks[defaults.task];
  const units = hidden ?? (data.features < 256 ? defaults.small : defaults.large);
  return {
    task,
    taskName: defaults.task,
    sizes: [data.features, ...units, task.output.units(data)],
    activation: activation ?? defaults.activation,
  };
}

export type DenseArgs = Parameters<typeof tf.layers.dense>[0];

/** Makes a dense layer of a method's own kind; `first` says that its input is the data. */
export type DenseLayer = (args: DenseArgs, first: boolean) => tf.layers.Layer;

/**
 * A network with untrained weights that depend only on the seed, whatever kind its layers are, so
 * that all methods start from the same point.
 */
export function build({sizes, activation, task}: Network, dense: DenseLayer, seed: number) {
  const units = sizes.slice(1);
  return tf.sequential({
    layers: units.map((size, layer) =>
      dense(
        {
          units: size,
          activation: layer === units.length - 1 ? task.output.activation : activation,
          kernelInitializer: tf.initializers.glorotUniform({seed: 1000 * seed + layer}),
          ...(layer === 0 ? {inputShape: [sizes[0]]} : {}),
        },
        layer === 0,
      ),
    ),
  });
}

/** For instance `784-256-256-10 relu`; three and more equal sizes in a row become `6×240`. */
export function describe({sizes, activation}: Network): string {
  const rows: {size: number; count: number}[] = [];
  for (const size of sizes) {
    const last = rows.at(-1);
    if (last?.size === size) last.count++;
    else rows.push({size, count: 1});
  }
  const names = rows.flatMap(({size, count}) =>
    count > 2 ? [`${count}×${size}`] : Array<string>(count).fill(String(size)),
  );
  return `${names.join('-')} ${activation}`;
}
