import * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import {transpose} from '../tensors/transpose';
import {missingDecoder} from './decoder_args';
import type {ImageLayout} from './image_layout';
import type {Decoder, PairedLayer} from './paired_layer';

/** A convolution that is to be paired with a decoder. */
export interface ConvolutionParts {
  name: string;
  /** The class and the name of the layer, for messages. */
  title: string;
  activation: PairedLayer['activation'];
  kernel: tf.LayerVariable;
  bias: tf.LayerVariable | null;
  /** How the layer's own input and output lie in memory. */
  input: ImageLayout;
  output: ImageLayout;
  /** P for images of a size. */
  windows(size: [number, number]): Windows;
  /** W, `[features, out]`, from the kernel, and back. */
  toMatrix(kernel: tf.Tensor): tf.Tensor2D;
  fromMatrix(matrix: tf.Tensor2D): tf.Tensor;
  decoder: Decoder | null;
}

/**
 * A convolution and its decoder as a training step sees them: a matrix product over windows.
 *
 *     h = P(x) W + b,   g(h) = Pᵀ(h V) + c
 *
 * No backward kernel of tfjs takes part, so that it trains on all backends.
 */
export function convolutionPair(parts: ConvolutionParts): PairedLayer {
  const {name, activation, kernel, bias, input, output, decoder} = parts;
  const windows = (inputShape: number[]) => parts.windows(input.size(inputShape));
  const matrix = () => parts.toMatrix(kernel.read());
  const decoderOf = () => {
    if (decoder === null) throw missingDecoder(parts.title);
    return decoder;
  };
  const forward = (x: tf.Tensor, ownBias: tf.LayerVariable | null) =>
    tf.tidy(() => {
      const b = (ownBias?.read() ?? null) as tf.Tensor1D | null;
      return output.restore(windows(x.shape).product(input.arrange(x), matrix(), b));
    });
  const backward = (
    h: tf.Tensor,
    inputShape: number[],
    map: () => {kernel: tf.Tensor2D; bias?: tf.Tensor1D},
  ) =>
    tf.tidy(() => {
      const weights = map();
      const folded = windows(inputShape).fold(output.arrange(h), weights.kernel, weights.bias);
      return input.restore(folded);
    });
  return {
    name,
    activation,
    decoder,
    parameters: () => (bias === null ? [kernel] : [kernel, bias]),
    preActivation: (x) => forward(x, bias),
    encodeDifference: (dx) => forward(dx, null),
    backpropagate: (dh, shape) => backward(dh, shape, () => ({kernel: transpose(matrix())})),
    decode: (h, shape) =>
      backward(h, shape, () => ({
        kernel: decoderOf().kernel.read() as tf.Tensor2D,
        bias: decoderOf().bias.read() as tf.Tensor1D,
      })),
    decodeDifference: (_h, dh, shape) =>
      backward(dh, shape, () => ({kernel: decoderOf().kernel.read() as tf.Tensor2D})),
    windows,
    arrangeInput: (x) => input.arrange(x),
    arrangeOutput: (h) => output.arrange(h),
    matrix,
    matrixFrom: (ofKernel) => parts.toMatrix(ofKernel),
    kernelFrom: (m) => parts.fromMatrix(m),
  };
}
