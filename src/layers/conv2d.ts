import type * as tf from '@tensorflow/tfjs';
import {convolution} from '../convolution/convolution';
import {convolved, type Padding} from '../convolution/geometry';
import {images} from './image_layout';
import {type PairedArgs, pairedConvolution} from './paired_convolution';
import type {PairedLayer} from './paired_layer';

/** The arguments of tfjs's 2-D convolution, and the decoder's. */
export type DTPConv2DArgs = PairedArgs<Parameters<typeof tf.layers.conv2d>[0]>;

/**
 * tfjs's Conv2D, paired with a learned inverse.
 *
 *     h = P(x) W + b,  output σ(h);    decoder g(h) = Pᵀ(h V) + c ≈ x
 *
 * P gathers the window of x that each output sees, Pᵀ adds windows up where they overlap: g is a
 * transposed convolution. x `[batch, height, width, in]`, or as `dataFormat` says, W
 * `[kh, kw, in, filters]`, b `[filters]`, h `[batch, height', width', filters]`, V
 * `[filters, kh · kw · in]`, c `[in]`. The decoder's weights are not trainable; without
 * `DTPOptimizer` the layer computes and trains exactly as Conv2D.        (Bengio 2020, §2, §10.1)
 *
 * @throws TypeError or RangeError if `decoder` is neither false nor settings of a `linear` decoder;
 * Error if tfjs rejects an argument of its own, or when the layer is applied to tensors of another
 * copy of TensorFlow.js.
 */
export class DTPConv2D extends pairedConvolution<Parameters<typeof tf.layers.conv2d>[0]>('Conv2D') {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPConv2D';

  protected override pair(): PairedLayer[] {
    const [height, width, inputs, out] = this.kernel.shape as number[];
    const [down, across] = this.taps();
    const padding = this.padding as Padding;
    const features = height * width * inputs;
    return [
      this.paired({
        features,
        out,
        inputs,
        kernel: this.kernel,
        input: images[this.dataFormat],
        output: images[this.dataFormat],
        windows: (size) =>
          convolution([convolved(size[0], down, padding), convolved(size[1], across, padding)]),
        toMatrix: (kernel) => kernel.reshape([features, out]),
        fromMatrix: (matrix) => matrix.reshape([height, width, inputs, out]),
      }),
    ];
  }
}
