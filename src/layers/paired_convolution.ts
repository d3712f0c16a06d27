import type * as tf from '@tensorflow/tfjs';
import type {Taps} from '../convolution/geometry';
import {recordCall} from '../step/record_call';
import {currentStep} from '../step/training_step';
import {convolutionDecoder, type DecoderSizes} from './convolution_decoder';
import {type ConvolutionParts, convolutionPair} from './convolution_pair';
import {assertDecoderArgs, copyOf} from './decoder_args';
import {takeGivenWeights} from './given_weights';
import type {DataFormat} from './image_layout';
import {leftOut} from './left_out';
import {assertOwnTensors} from './own_tensors';
import type {DecoderArgs, PairedLayer} from './paired_layer';
import {stockClass} from './stock_class';

/** The arguments of one of tfjs's convolutions, and the decoder's. */
export type PairedArgs<Stock> = Stock & {
  /**
   * The learned inverse, `linear`; false for a layer whose input is the data.
   *
   * @defaultValue `{}`
   */
  decoder?: (Pick<DecoderArgs, 'kernelInitializer'> & {architecture?: 'linear'}) | false;
};

type Inputs = Parameters<tf.layers.Layer['call']>[0];
type Kwargs = Parameters<tf.layers.Layer['call']>[1];

/** What tfjs's convolutions have, beyond their public declaration. */
declare class StockConvolution extends tf.layers.Layer {
  /** σ, which follows the pre-activation. */
  readonly activation: PairedLayer['activation'];
  protected readonly kernelSize: number[];
  protected readonly strides: number[];
  protected readonly dilationRate: number[];
  protected readonly padding: 'valid' | 'same' | 'causal';
  protected readonly dataFormat: DataFormat;
  protected kernel: tf.LayerVariable;
  protected bias: tf.LayerVariable | null;
}

/** What a layer says of one of its maps. */
type MapParts = Omit<ConvolutionParts, 'name' | 'title' | 'activation' | 'bias' | 'decoder'> &
  Partial<Pick<ConvolutionParts, 'activation' | 'bias'>> &
  DecoderSizes & {
    /** Its name within the layer, where there are several. */
    part?: string;
    /** The settings of its decoder. @defaultValue those of the layer */
    decoder?: DecoderArgs | false;
  };

/** A convolution that consists of maps, each paired with a decoder. */
export declare abstract class PairedConvolution extends StockConvolution {
  /** The maps in the order in which they run; none before `build`. */
  readonly maps: readonly PairedLayer[];
  protected readonly decoderArgs: DecoderArgs | false;
  /** Down and across an image. */
  protected taps(): [Required<Taps>, Required<Taps>];
  /** Makes the maps, once the stock layer has its weights. */
  protected abstract pair(): PairedLayer[];
  /**
   * One map with its decoder: by default with the name, the activation and the bias of the layer.
   */
  protected paired(parts: MapParts): PairedLayer;
}

/** Its class, with the arguments of the stock one and the decoder's. */
export type PairedConvolutionClass<Args> = (abstract new (
  args: PairedArgs<Args>,
) => PairedConvolution) &
  Pick<typeof tf.layers.Layer, 'fromConfig'>;

/**
 * A convolution class of tfjs, prepared to be paired. Without `DTPOptimizer` it computes and trains
 * as it is.
 *
 * @param stock Its class name.
 */
export function pairedConvolution<Args>(stock: string): PairedConvolutionClass<Args> {
  const Stock = stockClass<new (args: object) => StockConvolution>(stock);

  abstract class Paired extends Stock {
    // Declared only: a field would reset what `build` has set.
    declare maps: PairedLayer[];
    readonly decoderArgs: DecoderArgs | false;

    constructor({decoder = {}, ...args}: PairedArgs<object>) {
      super(args);
      assertDecoderArgs(this.title, decoder, ['linear']);
      this.decoderArgs = copyOf(decoder);
      this.maps = [];
    }

    abstract pair(): PairedLayer[];

    /** @throws Error for what TensorFlow.js builds a layer with, but does not compute. */
    assertComputed(): void {
      // A depthwise stock layer takes it for 'valid'.
      if (this.padding !== 'causal' || stock === 'DepthwiseConv2D') return;
      throw new Error(
        `${this.title}: padding is 'causal', which TensorFlow.js 4.22 does not implement. ` +
          "Use 'valid' after a layer of zero padding at the start, or 'same'.",
      );
    }

    taps() {
      return [0, 1].map((i) => ({
        kernel: this.kernelSize[i],
        stride: this.strides[i],
        dilation: this.dilationRate[i],
      }));
    }

    get title(): string {
      return `DTP${stock} "${this.name}"`;
    }

    override build(inputShape: tf.Shape | tf.Shape[]): void {
      this.assertComputed();
      super.build(inputShape);
      takeGivenWeights(this);
      if (this.maps.length === 0) this.maps = this.pair();
    }

    override apply(...[inputs, kwargs]: Parameters<tf.layers.Layer['apply']>) {
      assertOwnTensors(this.title, inputs);
      return super.apply(inputs, kwargs);
    }

    override call(inputs: Inputs, kwargs: Kwargs): tf.Tensor | tf.Tensor[] {
      const step = currentStep();
      if (step === null) return super.call(inputs, kwargs);
      this.invokeCallHook(inputs, kwargs);
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      return this.maps.reduce((activation, map) => recordCall(step, map, activation), x);
    }

    override getConfig(): tf.serialization.ConfigDict {
      const decoder = copyOf(this.decoderArgs) as tf.serialization.ConfigDict;
      return {...super.getConfig(), ...leftOut(stock, this), decoder};
    }

    paired({part, decoder = this.decoderArgs, ...parts}: MapParts): PairedLayer {
      const prefix = part === undefined ? '' : `${part}_`;
      return convolutionPair({
        name: part === undefined ? this.name : `${this.name}/${part}`,
        title: this.title,
        activation: this.activation,
        bias: this.bias,
        ...parts,
        decoder: convolutionDecoder(this.name, decoder, parts, (name, shape, initializer) =>
          this.addWeight(
            `${prefix}decoder_${name}`,
            shape,
            'float32',
            initializer,
            undefined,
            false,
          ),
        ),
      });
    }
  }
  return Paired as unknown as PairedConvolutionClass<Args>;
}
