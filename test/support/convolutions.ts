import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

/** A convolution in a stock and a paired form. */
export interface ConvolutionCase {
  /** The layer's class, by the name that tfjs gives it. */
  layer: 'conv1d' | 'conv2d' | 'conv2dTranspose' | 'depthwiseConv2d' | 'separableConv2d';
  /** tfjs's own arguments. */
  args: object;
  /** One example. */
  input: number[];
}

/** Every kind of paired convolution, and what their geometry depends on. */
export const convolutions: Record<string, ConvolutionCase> = {
  'conv2d, valid': {
    layer: 'conv2d',
    args: {filters: 3, kernelSize: [3, 2], activation: 'relu'},
    input: [5, 4, 2],
  },
  'conv2d, same, strides': {
    layer: 'conv2d',
    args: {filters: 2, kernelSize: 3, padding: 'same', strides: [2, 1], activation: 'tanh'},
    input: [5, 6, 3],
  },
  'conv2d, dilation, no bias, sigmoid': {
    layer: 'conv2d',
    args: {
      filters: 2,
      kernelSize: 2,
      dilationRate: [2, 1],
      useBias: false,
      activation: 'sigmoid',
    },
    input: [5, 5, 2],
  },
  'conv2d, channels first': {
    layer: 'conv2d',
    args: {filters: 3, kernelSize: 3, padding: 'same', dataFormat: 'channelsFirst'},
    input: [2, 4, 5],
  },
  'conv1d, valid, strides': {
    layer: 'conv1d',
    args: {filters: 3, kernelSize: 3, strides: 2, activation: 'relu'},
    input: [8, 2],
  },
  'conv1d, same, dilation': {
    layer: 'conv1d',
    args: {filters: 2, kernelSize: 3, padding: 'same', dilationRate: 2, activation: 'elu'},
    input: [6, 2],
  },
  'conv1d, channels first': {
    layer: 'conv1d',
    args: {filters: 2, kernelSize: 3, dataFormat: 'channelsFirst'},
    input: [2, 6],
  },
  'conv1d, channels first, as many as places': {
    layer: 'conv1d',
    args: {filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', activation: 'tanh'},
    input: [4, 4],
  },
  'conv2dTranspose, valid, strides': {
    layer: 'conv2dTranspose',
    args: {filters: 2, kernelSize: [3, 2], strides: 2, activation: 'relu'},
    input: [3, 2, 3],
  },
  'conv2dTranspose, same, no bias': {
    layer: 'conv2dTranspose',
    args: {filters: 3, kernelSize: 3, padding: 'same', strides: [2, 1], useBias: false},
    input: [2, 4, 2],
  },
  'conv2dTranspose, channels first': {
    layer: 'conv2dTranspose',
    args: {filters: 2, kernelSize: 2, dataFormat: 'channelsFirst', activation: 'tanh'},
    input: [2, 3, 4],
  },
  'depthwiseConv2d, same, multiplier': {
    layer: 'depthwiseConv2d',
    args: {kernelSize: 3, padding: 'same', depthMultiplier: 2, activation: 'relu'},
    input: [4, 4, 2],
  },
  'depthwiseConv2d, valid, strides, no bias': {
    layer: 'depthwiseConv2d',
    args: {kernelSize: [2, 3], strides: [2, 1], useBias: false},
    input: [5, 5, 3],
  },
  'depthwiseConv2d, channels first': {
    layer: 'depthwiseConv2d',
    args: {kernelSize: 2, dataFormat: 'channelsFirst', activation: 'sigmoid'},
    input: [2, 4, 4],
  },
  'separableConv2d, same, multiplier': {
    layer: 'separableConv2d',
    args: {filters: 3, kernelSize: 3, padding: 'same', depthMultiplier: 2, activation: 'relu'},
    input: [4, 4, 2],
  },
  'separableConv2d, valid, strides': {
    layer: 'separableConv2d',
    args: {filters: 2, kernelSize: [2, 3], strides: [2, 1], activation: 'tanh'},
    input: [5, 5, 3],
  },
  'separableConv2d, dilation': {
    layer: 'separableConv2d',
    args: {filters: 2, kernelSize: 2, dilationRate: [2, 1], activation: 'relu'},
    input: [4, 5, 2],
  },
  'separableConv2d, channels first': {
    layer: 'separableConv2d',
    args: {
      filters: 3,
      kernelSize: 2,
      dataFormat: 'channelsFirst',
      useBias: false,
      activation: 'softmax',
    },
    input: [2, 4, 4],
  },
};

type AnyLayer = (args: object) => tf.layers.Layer;

/**
 * A model with a convolution between two layers: the first makes its input something that is trained,
 * the last makes its output something to fit. The same random weights in both forms.
 *
 * @param first Whether the first layer of the paired model is paired, too.
 */
export function stockAndPairedModel(
  {layer, args, input}: ConvolutionCase,
  {first = 'paired'}: {first?: 'stock' | 'paired'} = {},
): [tf.LayersModel, tf.LayersModel] {
  const units = input[input.length - 1];
  const model = (layers: typeof tf.layers | typeof dtp.layers) =>
    tf.sequential({
      layers: [
        (first === 'stock' ? tf.layers : layers).dense({
          units,
          activation: 'tanh',
          inputShape: input,
        }),
        (layers[layer] as AnyLayer)(args),
        tf.layers.flatten(),
        layers.dense({units: 2}),
      ],
    });
  const [stock, paired] = [model(tf.layers), model(dtp.layers)];
  tf.tidy(() => {
    for (const [i, weight] of stock.trainableWeights.entries()) {
      const value = tf.randomNormal(weight.shape as number[], 0, 0.5, 'float32', 100 + i);
      weight.write(value);
      paired.trainableWeights[i].write(value);
    }
  });
  return [stock, paired];
}

/** Random inputs and targets of such a model: the same for the same seed. */
export function convolutionData({input}: ConvolutionCase, examples: number, seed = 1) {
  return {
    x: tf.randomUniform([examples, ...input], -1, 1, 'float32', seed),
    y: tf.randomUniform([examples, 2], -1, 1, 'float32', seed + 1),
  };
}
