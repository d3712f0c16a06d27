import type * as tf from '@tensorflow/tfjs';
import {convolution} from '../convolution/convolution';
import {convolved, type Padding} from '../convolution/geometry';
import {depthwiseParts} from './depthwise_parts';
import {images} from './image_layout';
import {type PairedArgs, pairedConvolution} from './paired_convolution';
import type {PairedLayer} from './paired_layer';
import {stockClass} from './stock_class';

type StockArgs = Parameters<typeof tf.layers.separableConv2d>[0];

/** The arguments of tfjs's separable convolution, and the decoders'. */
export type DTPSeparableConv2DArgs = PairedArgs<StockArgs>;

/**
 * tfjs's SeparableConv2D as two paired maps, directly linked: a depthwise convolution, and one with
 * windows of a single entry over its output.
 *
 *     u = depthwise(x),   h = u W + b,  output σ(h)
 *
 * x `[batch, height, width, in]`, or as `dataFormat` says, u `[..., in · multiplier]`, depthwise
 * kernel `[kh, kw, in, multiplier]`, W `[1, 1, in · multiplier, filters]`, h `[..., filters]`. Each
 * has a decoder of its own, as {@link DTPDepthwiseConv2D} and {@link DTPConv2D} have, and a target
 * of its own. `decoder: false` leaves out that of the depthwise map, whose input is the data.
 *                                                                       (Bengio 2020, §2, §10.1)
 *
 * @throws TypeError or RangeError if `decoder` is neither false nor settings of a `linear` decoder;
 * Error if tfjs rejects an argument of its own, when the layer is built with
 * `dataFormat: 'channelsFirst'` and a bias, which tfjs 4.22 adds along the wrong axis, or applied
 * to tensors of another copy of TensorFlow.js.
 */
export class DTPSeparableConv2D extends pairedConvolution<StockArgs>('SeparableConv2D') {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPSeparableConv2D';

  declare protected readonly depthwiseKernel: tf.LayerVariable;
  declare protected readonly pointwiseKernel: tf.LayerVariable;

  protected override pair(): PairedLayer[] {
    if (this.dataFormat === 'channelsFirst' && this.bias !== null) {
      throw new Error(
        `DTPSeparableConv2D "${this.name}": dataFormat is 'channelsFirst' with a bias, which ` +
          "TensorFlow.js 4.22 adds along the wrong axis. Use 'channelsLast', or useBias: false.",
      );
    }
    return [this.depthwiseMap(), this.pointwiseMap()];
  }

  private depthwiseMap(): PairedLayer {
    return this.paired({
      ...depthwiseParts(this.depthwiseKernel, this.taps(), this.padding as Padding),
      part: 'depthwise',
      bias: null,
      activation: linear(),
      input: images[this.dataFormat],
      output: images.channelsLast,
    });
  }

  /** tfjs applies the activation before it puts the channels first, which matters to softmax. */
  private channelsLast(): PairedLayer['activation'] {
    const {arrange, restore} = images.channelsFirst;
    return {
      apply: (h) => restore(this.activation.apply(arrange(h))),
      getClassName: () => this.activation.getClassName(),
    };
  }

  private pointwiseMap(): PairedLayer {
    const [, , inputs, out] = this.pointwiseKernel.shape as number[];
    const one = {kernel: 1, stride: 1};
    return this.paired({
      part: 'pointwise',
      decoder: this.decoderArgs || {},
      features: inputs,
      out,
      inputs,
      kernel: this.pointwiseKernel,
      activation: this.dataFormat === 'channelsLast' ? this.activation : this.channelsLast(),
      input: images.channelsLast,
      output: images[this.dataFormat],
      windows: (size) =>
        convolution([convolved(size[0], one, 'valid'), convolved(size[1], one, 'valid')]),
      toMatrix: (kernel) => kernel.reshape([inputs, out]),
      fromMatrix: (matrix) => matrix.reshape([1, 1, inputs, out]),
    });
  }
}

/** The identity, as the activation of a layer. */
function linear(): PairedLayer['activation'] {
  const Dense = stockClass<new (args: object) => {activation: PairedLayer['activation']}>('Dense');
  return new Dense({units: 1, activation: 'linear'}).activation;
}
