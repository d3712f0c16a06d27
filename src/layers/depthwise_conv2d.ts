import type * as tf from '@tensorflow/tfjs';
import type {Padding} from '../convolution/geometry';
import {depthwiseParts} from './depthwise_parts';
import {images} from './image_layout';
import {type PairedArgs, pairedConvolution} from './paired_convolution';
import type {PairedLayer} from './paired_layer';

type StockArgs = Parameters<typeof tf.layers.depthwiseConv2d>[0];

/** The arguments of tfjs's depthwise convolution, and the decoder's. */
export type DTPDepthwiseConv2DArgs = PairedArgs<StockArgs>;

/**
 * tfjs's DepthwiseConv2D, paired with a learned inverse: {@link DTPConv2D} of each input channel
 * by itself.
 *
 *     h_c = P(x_c) W_c + b_c,  output σ(h);    decoder g(h)_c = Pᵀ(h_c V_c) + c_c ≈ x_c
 *
 * x `[batch, height, width, in]`, or as `dataFormat` says, W `[kh, kw, in, multiplier]`, h
 * `[batch, height', width', in · multiplier]`, V `[in · multiplier, kh · kw]`, c `[in]`. As in tfjs
 * 4.22, `dilationRate` has no effect.                                   (Bengio 2020, §2, §10.1)
 *
 * @throws TypeError or RangeError if `decoder` is neither false nor settings of a `linear` decoder;
 * Error if tfjs rejects an argument of its own, or when the layer is applied to tensors of another
 * copy of TensorFlow.js.
 */
export class DTPDepthwiseConv2D extends pairedConvolution<StockArgs>('DepthwiseConv2D') {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPDepthwiseConv2D';

  declare protected readonly depthwiseKernel: tf.LayerVariable;

  protected override pair(): PairedLayer[] {
    // Without dilation, which tfjs ignores here.
    const [down, across] = this.taps().map(({kernel, stride}) => ({kernel, stride}));
    return [
      this.paired({
        ...depthwiseParts(this.depthwiseKernel, [down, across], this.padding as Padding),
        input: images[this.dataFormat],
        output: images[this.dataFormat],
      }),
    ];
  }
}
