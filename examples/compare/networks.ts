import * as tf from '@tensorflow/tfjs';
import type {DecoderArgs} from 'tfjs-dtp';
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
  conv: {
    task: 'classify',
    activation: 'relu',
    batch: 64,
    filters: [16, 32],
    small: [64],
    large: [128],
  },
} satisfies Record<string, NetworkDefaults>;

interface NetworkDefaults {
  task: TaskName;
  activation: ActivationName;
  batch: number;
  /** Of 5×5 convolutions in front, each followed by max-pooling. @defaultValue none */
  filters?: number[];
  small: number[];
  large: number[];
}

export const networks: Record<NetworkName, NetworkDefaults> = table;
export type NetworkName = keyof typeof table;

/** A network for a data set: convolutions, if any, then fully connected layers. */
export interface Network {
  task: Task;
  taskName: TaskName;
  /** Of every convolution. */
  filters: number[];
  /** Pixels of an image, then the units of every fully connected layer. */
  sizes: number[];
  activation: ActivationName;
}

/** The network of a name for a data set; `hidden` and `activation` replace its own. */
export function networkFor(
  data: Pick<Dataset, 'features' | 'classes'>,
  name: NetworkName,
  {hidden, activation}: {hidden?: number[]; activation?: ActivationName} = {},
): Network {
  const defaults = networks[name];
  const task = tasks[defaults.task];
  const units = hidden ?? (data.features < 256 ? defaults.small : defaults.large);
  return {
    task,
    taskName: defaults.task,
    filters: defaults.filters ?? [],
    sizes: [data.features, ...units, task.output.units(data)],
    activation: activation ?? defaults.activation,
  };
}

export type DenseArgs = Parameters<typeof tf.layers.dense>[0];
export type Conv2DArgs = Parameters<typeof tf.layers.conv2d>[0];

/**
 * Makes the layers of a method's own kind; `first` says that the input is the data. Dense layers with
 * decoders may have them of any architecture.
 */
export interface LayerMakers {
  dense: (args: DenseArgs, first: boolean, decoder?: DecoderArgs) => tf.layers.Layer;
  conv2d: (args: Conv2DArgs, first: boolean) => tf.layers.Layer;
}

/**
 * A network with untrained weights that depend only on the seed, whatever kind its layers are, so
 * that all methods start from the same point.
 */
export function build(
  {filters, sizes, activation, task}: Network,
  make: LayerMakers,
  seed: number,
) {
  const [pixels, ...units] = sizes;
  const side = Math.sqrt(pixels);
  const initializer = (layer: number) => tf.initializers.glorotUniform({seed: 1000 * seed + layer});
  const convolutions = filters.flatMap((count, layer) => [
    make.conv2d(
      {
        filters: count,
        kernelSize: 5,
        padding: 'same',
        activation,
        kernelInitializer: initializer(layer),
      },
      layer === 0,
    ),
    tf.layers.maxPooling2d({poolSize: 2}),
  ]);
  const front =
    filters.length === 0
      ? []
      : [
          tf.layers.reshape({inputShape: [pixels], targetShape: [side, side, 1]}),
          ...convolutions,
          tf.layers.flatten(),
        ];
  const dense = units.map((size, i) => {
    const layer = filters.length + i;
    return make.dense(
      {
        units: size,
        activation: i === units.length - 1 ? task.output.activation : activation,
        kernelInitializer: initializer(layer),
        ...(layer === 0 ? {inputShape: [pixels]} : {}),
      },
      layer === 0,
    );
  });
  return tf.sequential({layers: [...front, ...dense]});
}

/**
 * For instance `784-256-256-10 relu`, `784-conv16-conv32-128-10 relu`; three and more equal sizes in a
 * row become `6×240`.
 */
export function describe({filters, sizes, activation}: Network): string {
  const [pixels, ...units] = sizes.map(String);
  const rows: {size: string; count: number}[] = [];
  for (const size of [pixels, ...filters.map((count) => `conv${count}`), ...units]) {
    const last = rows.at(-1);
    if (last?.size === size) last.count++;
    else rows.push({size, count: 1});
  }
  const names = rows.flatMap(({size, count}) =>
    count > 2 ? [`${count}×${size}`] : Array<string>(count).fill(size),
  );
  return `${names.join('-')} ${activation}`;
}
