import type * as tf from '@tensorflow/tfjs';
import {convolution} from '../convolution/convolution';
import {type Padding, transposed} from '../convolution/geometry';
import {images} from './image_layout';
import {type PairedArgs, pairedConvolution} from './paired_convolution';
import type {PairedLayer} from './paired_layer';

type StockArgs = Parameters<typeof tf.layers.conv2dTranspose>[0];

/** The arguments of tfjs's transposed 2-D convolution, and the decoder's. */
export type DTPConv2DTransposeArgs = PairedArgs<StockArgs>;

/**
 * tfjs's Conv2DTranspose, paired with a learned inverse, which is a convolution.
 *
 *     h = P(x) W + b,  output σ(h);    decoder g(h) = Pᵀ(h V) + c ≈ x
 *
 * What an output sees are the inputs around it, with zeros in between where it strides; the taps of
 * the kernel count from its other end. x `[batch, height, width, in]`, or as `dataFormat` says,
 * stock kernel `[kh, kw, filters, in]`, W `[kh · kw · in, filters]` made of it, h
 * `[batch, height', width', filters]`, V `[filters, kh · kw · in]`, c `[in]`.
 *                                                                       (Bengio 2020, §2, §10.1)
 *
 * @throws TypeError or RangeError if `decoder` is neither false nor settings of a `linear` decoder;
 * Error if tfjs rejects an argument of its own, or when the layer is applied to tensors of another
 * copy of TensorFlow.js.
 */
export class DTPConv2DTranspose extends pairedConvolution<StockArgs>('Conv2DTranspose') {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPConv2DTranspose';

  protected override pair(): PairedLayer[] {
    const [height, width, out, inputs] = this.kernel.shape as number[];
    const [down, across] = this.taps();
    const padding = this.padding as Padding;
    const features = height * width * inputs;
    const turned = (kernel: tf.Tensor) => kernel.reverse([0, 1]).transpose([0, 1, 3, 2]);
    return [
      this.paired({
        features,
        out,
        inputs,
        kernel: this.kernel,
        input: images[this.dataFormat],
        output: images[this.dataFormat],
        windows: (size) =>
          convolution([transposed(size[0], down, padding), transposed(size[1], across, padding)]),
        toMatrix: (kernel) => turned(kernel).reshape([features, out]),
        fromMatrix: (matrix) => turned(matrix.reshape([height, width, inputs, out])),
      }),
    ];
  }
}
