import type * as tf from '@tensorflow/tfjs';
import {convolution} from '../convolution/convolution';
import {convolved, type Padding} from '../convolution/geometry';
import {sequences} from './image_layout';
import {type PairedArgs, pairedConvolution} from './paired_convolution';
import type {PairedLayer} from './paired_layer';

/** The arguments of tfjs's 1-D convolution, and the decoder's. */
export type DTPConv1DArgs = PairedArgs<Parameters<typeof tf.layers.conv1d>[0]>;

/**
 * tfjs's Conv1D, paired with a learned inverse: {@link DTPConv2D} over images of height 1.
 *
 *     h = P(x) W + b,  output σ(h);    decoder g(h) = Pᵀ(h V) + c ≈ x
 *
 * x `[batch, length, in]`, W `[width, in, filters]`, h `[batch, places, filters]`, V
 * `[filters, width · in]`, c `[in]`. As in tfjs 4.22, `dataFormat: 'channelsFirst'` is that of the
 * input: the output has its channels last.                             (Bengio 2020, §2, §10.1)
 *
 * @throws TypeError or RangeError if `decoder` is neither false nor settings of a `linear` decoder;
 * Error if tfjs rejects an argument of its own, or when the layer is built with
 * `padding: 'causal'`, which tfjs does not implement, or applied to tensors of another copy of
 * TensorFlow.js.
 */
export class DTPConv1D extends pairedConvolution<Parameters<typeof tf.layers.conv1d>[0]>('Conv1D') {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPConv1D';

  protected override pair(): PairedLayer[] {
    const [width, inputs, out] = this.kernel.shape as number[];
    const [stride, dilation] = [this.strides[0], this.dilationRate[0]];
    const padding = this.padding as Padding;
    const features = width * inputs;
    return [
      this.paired({
        features,
        out,
        inputs,
        kernel: this.kernel,
        input: sequences[this.dataFormat],
        output: sequences.channelsLast,
        windows: ([, length]) =>
          convolution([
            convolved(1, {kernel: 1, stride: 1}, 'valid'),
            convolved(length, {kernel: width, stride, dilation}, padding),
          ]),
        toMatrix: (kernel) => kernel.reshape([features, out]),
        fromMatrix: (matrix) => matrix.reshape([width, inputs, out]),
      }),
    ];
  }
}
