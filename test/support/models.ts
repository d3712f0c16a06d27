import * as tf from '@tensorflow/tfjs';
import {type Architecture, architectures, data, stockLayers} from './architectures';

/** A stock model and data for it. */
export interface StockModel extends Omit<Architecture, 'build'> {
  build(): tf.LayersModel;
  /** Whether its inputs are whole numbers from 0 to 4, words of a vocabulary. */
  words?: boolean;
}

const {conv2dTranspose, dense, depthwiseConv2d, separableConv2d} = tf.layers;

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;

const sequential = (...layers: tf.layers.Layer[]) => tf.sequential({layers});

function frozen<Layer extends tf.layers.Layer>(layer: Layer): Layer {
  layer.trainable = false;
  return layer;
}

/** A layer as users write them, with a configuration that means something to upper and lower case. */
export class Scale extends tf.layers.Layer {
  static readonly className = 'TestScale';

  private readonly label: string;
  private factor!: tf.LayerVariable;

  constructor({
    label,
    ...args
  }: ConstructorParameters<typeof tf.layers.Layer>[0] & {label: string}) {
    super(args);
    this.label = label;
  }

  override build(): void {
    // Named as the weights of a decoder are, which must not matter outside paired layers.
    const twos = tf.initializers.constant({value: 2});
    this.factor = this.addWeight('decoder_factor', [1], 'float32', twos);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => (Array.isArray(inputs) ? inputs[0] : inputs).mul(this.factor.read()));
  }

  override getConfig() {
    return {...super.getConfig(), label: this.label};
  }
}
tf.serialization.registerClass(Scale);

/** A model with a fan-out of its input and of what it computes. */
function residualBlock(units: number): tf.LayersModel {
  const input = tf.input({shape: [units]});
  const first = apply(dense({units, activation: 'tanh'}), input);
  const second = apply(dense({units, activation: 'tanh'}), first);
  const sum = apply(tf.layers.add(), input, first, second);
  return tf.model({inputs: input, outputs: sum});
}

const stockForms = Object.fromEntries(
  Object.entries(architectures).map(([name, {build, ...facts}]): [string, StockModel] => [
    name,
    {build: () => build(stockLayers), ...facts},
  ]),
);

/** The kinds of model that a conversion must preserve. */
export const models: Record<string, StockModel> = {
  ...stockForms,
  'seven tanh layers': {
    build: () =>
      sequential(
        ...Array.from({length: 7}, () => dense({units: 5, activation: 'tanh', inputShape: [5]})),
      ),
    inputs: [[5]],
    outputs: [[5]],
  },
  'dense concatenations': {
    build: () => {
      const input = tf.input({shape: [4]});
      let x = apply(dense({units: 3, activation: 'relu'}), input);
      for (let i = 0; i < 2; i++) {
        const more = apply(dense({units: 3, activation: 'relu'}), x);
        x = apply(tf.layers.concatenate(), x, more);
      }
      return tf.model({inputs: input, outputs: apply(dense({units: 2}), x)});
    },
    inputs: [[4]],
    outputs: [[2]],
  },
  'a strided convolution': {
    build: () =>
      sequential(
        dense({units: 2, activation: 'tanh', inputShape: [6, 6, 1]}),
        tf.layers.conv2d({
          filters: 3,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          activation: 'relu',
        }),
        tf.layers.flatten(),
        dense({units: 2}),
      ),
    inputs: [[6, 6, 1]],
    outputs: [[2]],
    stockTrainsOn: ['cpu', 'webgl'],
  },
  'depthwise and separable convolutions': {
    build: () =>
      sequential(
        tf.layers.depthwiseConv2d({
          kernelSize: 3,
          depthMultiplier: 2,
          activation: 'relu',
          inputShape: [6, 6, 1],
        }),
        tf.layers.separableConv2d({filters: 3, kernelSize: 3, activation: 'tanh'}),
        tf.layers.globalAveragePooling2d({}),
        dense({units: 2}),
      ),
    inputs: [[6, 6, 1]],
    outputs: [[2]],
    stockTrainsOn: ['cpu', 'webgl'],
  },
  'a frozen base': {
    build: () =>
      sequential(
        frozen(sequential(dense({units: 5, inputShape: [4]}), dense({units: 4}))),
        frozen(dense({units: 4, activation: 'tanh'})),
        dense({units: 3, activation: 'relu'}),
        dense({units: 2}),
      ),
    inputs: [[4]],
    outputs: [[2]],
  },
  'LSTM and dense': {
    build: () =>
      sequential(
        tf.layers.lstm({units: 3, inputShape: [4, 2]}),
        dense({units: 4, activation: 'tanh'}),
        dense({units: 2}),
      ),
    inputs: [[4, 2]],
    outputs: [[2]],
  },
  'embedding, masked bidirectional GRU and dense': {
    build: () =>
      sequential(
        // Frozen, as tfjs cannot train it on wasm.
        frozen(
          tf.layers.embedding({
            inputDim: 5,
            outputDim: 3,
            batchInputShape: [null, 4],
            dtype: 'float32',
            maskZero: true,
          }),
        ),
        tf.layers.bidirectional({layer: tf.layers.gru({units: 2}) as never, mergeMode: 'concat'}),
        dense({units: 3, activation: 'tanh'}),
        dense({units: 2}),
      ),
    inputs: [[4]],
    outputs: [[2]],
    words: true,
  },
  'an encoder that hands its state to a decoder': {
    build: () => {
      const [source, target] = [tf.input({shape: [3, 2]}), tf.input({shape: [3, 2]})];
      const encoder = tf.layers.gru({units: 3, returnState: true});
      const [, state] = encoder.apply(source) as tf.SymbolicTensor[];
      const decoder = tf.layers.gru({units: 3});
      const read = decoder.apply(target, {initialState: [state]}) as tf.SymbolicTensor;
      const hidden = apply(dense({units: 3, activation: 'tanh'}), read);
      return tf.model({inputs: [source, target], outputs: apply(dense({units: 2}), hidden)});
    },
    inputs: [
      [3, 2],
      [3, 2],
    ],
    outputs: [[2]],
  },
  'a layer for each time step': {
    build: () =>
      sequential(
        dense({units: 3, activation: 'relu', inputShape: [2, 4]}),
        tf.layers.timeDistributed({layer: dense({units: 3, activation: 'tanh'})}),
        tf.layers.flatten(),
        dense({units: 2}),
      ),
    inputs: [[2, 4]],
    outputs: [[2]],
  },
  'a nested model with fan-outs for each time step': {
    build: () =>
      sequential(
        dense({units: 3, inputShape: [2, 4]}),
        tf.layers.timeDistributed({layer: residualBlock(3)}),
        tf.layers.flatten(),
        dense({units: 2}),
      ),
    inputs: [[2, 4]],
    outputs: [[2]],
  },
  'depthwise, separable and transposed convolutions around a skip connection': {
    build: () => {
      const input = tf.input({shape: [4, 4, 2]});
      const first = apply(depthwiseConv2d({kernelSize: 3, padding: 'same'}), input);
      const second = apply(separableConv2d({filters: 2, kernelSize: 3, padding: 'same'}), first);
      const sum = apply(tf.layers.add(), first, second);
      const up = apply(conv2dTranspose({filters: 1, kernelSize: 2, activation: 'tanh'}), sum);
      const output = apply(dense({units: 2}), apply(tf.layers.flatten(), up));
      return tf.model({inputs: input, outputs: output});
    },
    inputs: [[4, 4, 2]],
    outputs: [[2]],
  },
  'a convolution over a sequence': {
    build: () =>
      sequential(
        tf.layers.conv1d({filters: 2, kernelSize: 2, activation: 'relu', inputShape: [5, 2]}),
        tf.layers.conv1d({filters: 2, kernelSize: 3}),
        tf.layers.globalAveragePooling1d({}),
        dense({units: 2}),
      ),
    inputs: [[5, 2]],
    outputs: [[2]],
  },
  'batch normalisation, dropout and a layer of the user': {
    build: () =>
      sequential(
        dense({units: 5, inputShape: [4]}),
        tf.layers.batchNormalization(),
        tf.layers.activation({activation: 'relu'}),
        tf.layers.dropout({rate: 0.2, seed: 3}),
        new Scale({label: 'CamelCase and snake_case'}),
        dense({units: 4, activation: 'tanh'}),
        dense({units: 2, kernelRegularizer: tf.regularizers.l2({l2: 1e-3})}),
      ),
    inputs: [[4]],
    outputs: [[2]],
  },
  'an output that is used further': {
    build: () => {
      const input = tf.input({shape: [4]});
      const first = apply(dense({units: 3, activation: 'tanh', name: 'early'}), input);
      const second = apply(dense({units: 3, activation: 'tanh'}), first);
      const last = apply(dense({units: 2, name: 'late'}), second);
      return tf.model({inputs: input, outputs: [first, last]});
    },
    inputs: [[4]],
    outputs: [[3], [2]],
  },
  'a nested model used twice': {
    build: () => {
      const block = residualBlock(4);
      const input = tf.input({shape: [4]});
      const twice = apply(block, apply(block, apply(dense({units: 4}), input)));
      return tf.model({inputs: input, outputs: apply(dense({units: 2}), twice)});
    },
    inputs: [[4]],
    outputs: [[2]],
  },
  'a part of a sequential model with a new head': {
    build: () => {
      const whole = sequential(
        dense({units: 4, activation: 'relu', inputShape: [3]}),
        dense({units: 3, activation: 'tanh'}),
        dense({units: 5}),
      );
      const features = whole.layers[1].output as tf.SymbolicTensor;
      return tf.model({inputs: whole.inputs, outputs: apply(dense({units: 2}), features)});
    },
    inputs: [[3]],
    outputs: [[2]],
  },
};

/** Of these, the kinds that people have most. */
export const kinds = [
  'relu classifier',
  'seven tanh layers',
  'convolutions, pooling and dense',
  'a strided convolution',
  'depthwise and separable convolutions',
  'residual addition',
  'dense concatenations',
  'nested model',
  'a layer used twice',
  'two inputs and two outputs',
  'a frozen base',
  'LSTM and dense',
];

/** A model of the table with random weights. */
export function stock(name: string): tf.LayersModel {
  const model = models[name].build();
  randomise(model, 1);
  return model;
}

/** Gives a model other weights, the same for the same seed. */
export function randomise(model: tf.LayersModel, seed: number): void {
  tf.tidy(() => {
    for (const [i, weight] of model.weights.entries()) {
      const value = tf.randomUniform(weight.shape as number[], 0.1, 0.6, 'float32', 50 * seed + i);
      const signs = tf.range(0, value.size).mod(2).mul(-2).add(1).reshape(value.shape);
      // Variances of batch normalisation must not be negative.
      const isPositive = /variance/.test(weight.originalName);
      (weight.read() as tf.Variable).assign(isPositive ? value : value.mul(signs));
    }
  });
}

/** Random data for a model of the table. */
export function examples(name: string, count: number) {
  const model = models[name];
  const {x, y} = data(model, count);
  return {x: model.words ? [x].flat()[0].mul(5).floor() : x, y};
}
