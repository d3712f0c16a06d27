import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {LayerMakers, Network} from './networks';
import type {TaskName} from './tasks';
import type {WasmKernels} from './wasm_kernels';

/** A way to train: its layers, its optimizer, and the learning rates that it may choose from. */
export interface Method {
  label: string;
  /** The rates to try; the one with the lowest train loss represents the method. */
  rates: (task: TaskName, config: dtp.DTPOptimizerConfig) => number[];
  layers: LayerMakers;
  optimizer: (rate: number, config: dtp.DTPOptimizerConfig) => tf.Optimizer;
  /** Which kernels the method has on the wasm backend: tfjs's own, or those of `wasm_kernels.ts`. */
  wasmKernels: WasmKernels;
  /** Whether it needs tfjs's gradient of a convolution, which stock wasm does not have. */
  differentiatesConvolutions: boolean;
  /** The method whose best rate this one repeats, after all others, to be timed on other kernels. */
  repeats?: 'adam';
}

const stock: LayerMakers = {
  dense: (args) => tf.layers.dense(args),
  conv2d: (args) => tf.layers.conv2d(args),
};

const adam: Method = {
  label: 'Adam',
  rates: () => [3e-4, 1e-3, 3e-3, 1e-2, 3e-2],
  layers: stock,
  optimizer: (rate) => tf.train.adam(rate),
  wasmKernels: 'fixed',
  differentiatesConvolutions: true,
};

/** The methods to compare, in the order of the table. */
const table = {
  dtp: {
    label: 'DTP',
    rates: (_task, config) => [new dtp.DTPOptimizer(config).learningRate],
    layers: {
      dense: (args, first, decoder) =>
        dtp.layers.dense({...args, decoder: first ? false : decoder}),
      conv2d: (args, first) => dtp.layers.conv2d(first ? {...args, decoder: false} : args),
    },
    optimizer: (learningRate, config) => new dtp.DTPOptimizer({...config, learningRate}),
    wasmKernels: 'stock',
    differentiatesConvolutions: false,
  },
  bp: {
    label: 'BP + same update',
    rates: () => [2, 4],
    layers: {
      dense: (args) => dtp.layers.dense({...args, decoder: false}),
      conv2d: (args) => dtp.layers.conv2d({...args, decoder: false}),
    },
    optimizer: (learningRate, config) =>
      new dtp.DTPOptimizer({...withoutTargets(config), feedback: 'gradient', learningRate}),
    wasmKernels: 'stock',
    differentiatesConvolutions: false,
  },
  adam,
  sgd: {
    label: 'SGD + momentum 0.9',
    // The loss of `reconstruct` is a sum over pixels, and so are its gradients.
    rates: (task) => (task === 'classify' ? [0.03, 0.1, 0.3] : [1e-3, 3e-3, 1e-2, 3e-2]),
    layers: stock,
    optimizer: (rate) => tf.train.momentum(rate, 0.9),
    wasmKernels: 'fixed',
    differentiatesConvolutions: true,
  },
  'adam-stock': {...adam, label: 'Adam, stock wasm', wasmKernels: 'stock', repeats: 'adam'},
} satisfies Record<string, Method>;

export type MethodName = keyof typeof table;
export const methods: Record<MethodName, Method> = table;

/** Whether a backend has all that a method needs to train a network; on wasm, these kernels of it. */
export function canTrain(
  method: MethodName,
  {filters}: Pick<Network, 'filters'>,
  backend: string,
  kernels = methods[method].wasmKernels,
): boolean {
  const isStockWasm = backend === 'wasm' && kernels === 'stock';
  return !(isStockWasm && filters.length > 0 && methods[method].differentiatesConvolutions);
}

/** The settings that remain when differences are back-propagated: those of the update. */
function withoutTargets({
  inversion: _inversion,
  influence: _influence,
  decoders: _decoders,
  ...rest
}: dtp.DTPOptimizerConfig): dtp.DTPOptimizerConfig {
  return rest;
}
