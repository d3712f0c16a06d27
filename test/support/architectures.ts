import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {Backend} from './backends';

/** What a model is made of: layers of `tf.layers` in the stock form, of `dtp.layers` in the paired. */
export interface Layers {
  dense(args: dtp.DTPDenseArgs): tf.layers.Layer;
  conv2d(args: dtp.DTPConv2DArgs): tf.layers.Layer;
  /** Uses a tensor several times: as it is in the stock model, by a branch in the paired. */
  branch(x: tf.SymbolicTensor, branches: number): tf.SymbolicTensor[];
}

export const stockLayers: Layers = {
  dense: ({decoder: _, ...args}) => tf.layers.dense(args),
  conv2d: ({decoder: _, ...args}) => tf.layers.conv2d(args),
  branch: (x, branches) => Array(branches).fill(x),
};

export const pairedLayers: Layers = {
  dense: dtp.layers.dense,
  conv2d: dtp.layers.conv2d,
  branch: (x, branches) => dtp.layers.branch({branches}).apply(x),
};

/** One model in a stock and a paired form, and data for it. */
export interface Architecture {
  build(layers: Layers): tf.LayersModel;
  /** Shapes of one example of every input. */
  inputs: number[][];
  /** Shapes of one example of every output. */
  outputs: number[][];
  /** The backends that have the gradients of its stock form. @defaultValue all */
  stockTrainsOn?: readonly Backend[];
}

const sequential = (...layers: tf.layers.Layer[]) => tf.sequential({layers});

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;

/** Dropout whose mask is the same at every call, so that two models can be compared. */
const dropout = () => tf.layers.dropout({rate: 0.25, seed: 7});

/** The kinds of model that a training step must find its way through. */
export const architectures: Record<string, Architecture> = {
  'one layer': {
    build: ({dense}) => sequential(dense({units: 3, inputShape: [4]})),
    inputs: [[4]],
    outputs: [[3]],
  },
  'relu classifier': {
    build: ({dense}) =>
      sequential(
        dense({units: 7, activation: 'relu', inputShape: [5]}),
        dense({units: 6, activation: 'relu'}),
        dense({units: 3, activation: 'softmax'}),
      ),
    inputs: [[5]],
    outputs: [[3]],
  },
  'deep tanh without bias': {
    build: ({dense}) =>
      sequential(
        ...Array.from({length: 5}, () =>
          dense({units: 6, activation: 'tanh', useBias: false, inputShape: [6]}),
        ),
      ),
    inputs: [[6]],
    outputs: [[6]],
  },
  'every element-wise activation': {
    build: ({dense}) =>
      sequential(
        ...(['elu', 'selu', 'sigmoid', 'softplus', 'relu6', 'hardSigmoid', 'swish'] as const).map(
          (activation) => dense({units: 5, activation, inputShape: [5]}),
        ),
      ),
    inputs: [[5]],
    outputs: [[5]],
  },
  'stock layers in between': {
    build: ({dense}) =>
      sequential(
        tf.layers.flatten({inputShape: [2, 3]}),
        dense({units: 8}),
        tf.layers.batchNormalization(),
        tf.layers.activation({activation: 'relu'}),
        dropout(),
        dense({units: 5, activation: 'tanh'}),
        tf.layers.dense({units: 4}),
        dense({units: 2}),
        tf.layers.dense({units: 2}),
      ),
    inputs: [[2, 3]],
    outputs: [[2]],
  },
  'residual addition': {
    build: ({dense}) => {
      const input = tf.input({shape: [6]});
      const a = apply(dense({units: 6, activation: 'tanh'}), input);
      const b = apply(dense({units: 6, activation: 'tanh'}), a);
      const c = apply(tf.layers.add(), a, b);
      return tf.model({inputs: input, outputs: apply(dense({units: 3}), c)});
    },
    inputs: [[6]],
    outputs: [[3]],
  },
  'two inputs and two outputs': {
    build: ({dense}) => {
      const [left, right] = [tf.input({shape: [3]}), tf.input({shape: [4]})];
      const a = apply(dense({units: 5, activation: 'relu'}), left);
      const b = apply(dense({units: 4, activation: 'tanh'}), right);
      const joined = apply(tf.layers.concatenate(), a, b);
      const first = apply(dense({units: 2}), joined);
      const second = apply(dense({units: 3}), apply(dense({units: 4, activation: 'relu'}), joined));
      return tf.model({inputs: [left, right], outputs: [first, second]});
    },
    inputs: [[3], [4]],
    outputs: [[2], [3]],
  },
  'an output that is used further, with no branch to mark it': {
    build: ({dense}) => {
      const input = tf.input({shape: [4]});
      const first = apply(dense({units: 6, activation: 'tanh'}), input);
      const early = apply(dense({units: 5, activation: 'tanh'}), first);
      return tf.model({inputs: input, outputs: [apply(dense({units: 3}), early), early]});
    },
    inputs: [[4]],
    outputs: [[3], [5]],
  },
  'nested model': {
    build: ({dense}) =>
      sequential(
        dense({units: 5, activation: 'relu', inputShape: [4]}),
        sequential(
          dense({units: 6, activation: 'tanh', inputShape: [5]}),
          dense({units: 4, activation: 'relu'}),
        ),
        dense({units: 2}),
      ),
    inputs: [[4]],
    outputs: [[2]],
  },
  'a layer used twice': {
    build: ({dense}) => {
      const shared = dense({units: 5, activation: 'tanh'});
      const input = tf.input({shape: [5]});
      const twice = apply(shared, apply(shared, input));
      return tf.model({inputs: input, outputs: apply(dense({units: 2}), twice)});
    },
    inputs: [[5]],
    outputs: [[2]],
  },
  'dense over a sequence': {
    build: ({dense}) =>
      sequential(
        dense({units: 4, activation: 'relu', inputShape: [3, 5]}),
        dense({units: 4, activation: 'tanh'}),
        tf.layers.flatten(),
        dense({units: 2}),
      ),
    inputs: [[3, 5]],
    outputs: [[2]],
  },
  'convolutions, pooling and dense': {
    build: ({dense, conv2d}) =>
      sequential(
        conv2d({filters: 2, kernelSize: 3, activation: 'tanh', inputShape: [6, 6, 1]}),
        // Pooled values are not negative: the gradient of tfjs's pooling on wasm loses those.
        conv2d({filters: 3, kernelSize: 2, padding: 'same', activation: 'relu'}),
        tf.layers.maxPooling2d({poolSize: 2}),
        tf.layers.flatten(),
        dense({units: 2}),
      ),
    inputs: [[6, 6, 1]],
    outputs: [[2]],
    stockTrainsOn: ['cpu', 'webgl'],
  },
  'a branch around a layer': {
    build: ({dense, branch}) => {
      const input = tf.input({shape: [6]});
      const [main, skip] = branch(apply(dense({units: 6, activation: 'tanh'}), input), 2);
      const sum = apply(tf.layers.add(), apply(dense({units: 6, activation: 'tanh'}), main), skip);
      return tf.model({inputs: input, outputs: apply(dense({units: 3}), sum)});
    },
    inputs: [[6]],
    outputs: [[3]],
  },
  'an arm that leads nowhere': {
    build: ({dense, branch}) => {
      const input = tf.input({shape: [4]});
      const hidden = apply(dense({units: 6, activation: 'tanh'}), input);
      const [main] = branch(apply(dense({units: 5, activation: 'tanh'}), hidden), 2);
      return tf.model({inputs: input, outputs: apply(dense({units: 3}), main)});
    },
    inputs: [[4]],
    outputs: [[3]],
  },
  'branches on an arm, after stock layers, and an arm to the output': {
    build: ({dense, branch}) => {
      const input = tf.input({shape: [4]});
      const [a, b, skip] = branch(apply(dense({units: 5, activation: 'relu'}), input), 3);
      const [c, d] = branch(b, 2);
      const e = apply(tf.layers.add(), apply(dense({units: 5, activation: 'tanh'}), a), d);
      const stock = apply(tf.layers.dense({units: 5}), c);
      const [f, g] = branch(apply(tf.layers.activation({activation: 'tanh'}), stock), 2);
      const joined = apply(tf.layers.concatenate(), e, apply(dense({units: 4}), f), g);
      return tf.model({inputs: input, outputs: [apply(dense({units: 2}), joined), skip]});
    },
    inputs: [[4]],
    outputs: [[2], [5]],
  },
  'branches in and after a nested model': {
    build: ({dense, branch}) => {
      const inside = tf.input({shape: [5]});
      const [a, b] = branch(inside, 2);
      const left = apply(dense({units: 5, activation: 'tanh'}), a);
      const joined = apply(tf.layers.concatenate(), left, apply(dense({units: 4}), b));
      const last = apply(dense({units: 5, activation: 'tanh'}), joined);
      const nested = tf.model({inputs: inside, outputs: last});

      const input = tf.input({shape: [4]});
      const output = apply(nested, apply(dense({units: 5, activation: 'relu'}), input));
      const [main, skip] = branch(output, 2);
      const sum = apply(tf.layers.add(), apply(dense({units: 5}), main), skip);
      return tf.model({inputs: input, outputs: apply(dense({units: 2}), sum)});
    },
    inputs: [[4]],
    outputs: [[2]],
  },
};

/** Random data for a model: the same for the same seed. */
export function data(
  {inputs, outputs}: Pick<Architecture, 'inputs' | 'outputs'>,
  examples: number,
  seed = 1,
) {
  const draw = (shape: number[], i: number) =>
    tf.randomUniform([examples, ...shape], 0, 1, 'float32', seed + i);
  const x = inputs.map(draw);
  const y = outputs.map((shape, i) => draw(shape, i + inputs.length));
  return {x: x.length === 1 ? x[0] : x, y: y.length === 1 ? y[0] : y};
}

/** The stock model with random weights, and the paired model with the same. */
export function stockAndPaired({build}: Architecture): [tf.LayersModel, tf.LayersModel] {
  const [stock, paired] = [build(stockLayers), build(pairedLayers)];
  tf.tidy(() => {
    for (const [i, weight] of stock.trainableWeights.entries()) {
      const value = tf.randomNormal(weight.shape as number[], 0, 0.5, 'float32', 100 + i);
      weight.write(value);
      paired.trainableWeights[i].write(value);
    }
  });
  return [stock, paired];
}
