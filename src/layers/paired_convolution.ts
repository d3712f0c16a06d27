import type * as tf from '@tensorflow/tfjs';
import {recordCall} from '../step/record_call';
import {currentStep} from '../step/training_step';
import type {AddWeight} from './convolution_pair';
import {assertDecoderArgs} from './decoder_args';
import type {DataFormat} from './image_layout';
import {assertOwnTensors} from './own_tensors';
import type {DecoderArgs, PairedLayer} from './paired_layer';
import {stockClass} from './stock_class';

/** The arguments of one of tfjs's convolutions, and the decoder's. */
export type PairedArgs<Stock> = Stock & {
  /** The learned inverse, `linear`; false for a layer whose input is the data. @defaultValue `{}` */
  decoder?: DecoderArgs | false;
};

type Inputs = Parameters<tf.layers.Layer['call']>[0];
type Kwargs = Parameters<tf.layers.Layer['call']>[1];

/** What tfjs's convolutions have, beyond their public declaration. */
declare class StockConvolution extends tf.layers.Layer {
  readonly activation: PairedLayer['activation'];
  protected readonly kernelSize: number[];
  protected readonly strides: number[];
  protected readonly dilationRate: number[];
  protected readonly padding: 'valid' | 'same' | 'causal';
  protected readonly dataFormat: DataFormat;
  protected kernel: tf.LayerVariable;
  protected bias: tf.LayerVariable | null;
}

/** A convolution that consists of maps, each paired with a decoder. */
export declare abstract class PairedConvolution<Args> extends StockConvolution {
  constructor(args: PairedArgs<Args>);
  /** The maps in the order in which they run; none before `build`. */
  readonly maps: readonly PairedLayer[];
  protected readonly decoderArgs: DecoderArgs | false;
  /** Makes the maps, once the stock layer has its weights. */
  protected abstract pair(inputShape: tf.Shape): PairedLayer[];
  /** Adds the weights of a decoder, which no optimizer trains. */
  protected decoderWeight: AddWeight;
}

/**
 * A convolution class of tfjs, prepared to be paired. Without `DTPOptimizer` it computes and trains
 * as it is.
 *
 * @param stock Its class name.
 */
export function pairedConvolution<Args>(stock: string): typeof PairedConvolution<Args> {
  const Stock = stockClass<new (args: object) => StockConvolution>(stock);

  abstract class Paired extends Stock {
    // Declared only: a field would reset what `build` has set.
    declare maps: PairedLayer[];
    readonly decoderArgs: DecoderArgs | false;

    constructor({decoder = {}, ...args}: PairedArgs<object>) {
      super(args);
      assertDecoderArgs(`DTP${stock} "${this.name}"`, decoder, ['linear']);
      this.decoderArgs = decoder;
      this.maps = [];
    }

    abstract pair(inputShape: tf.Shape): PairedLayer[];

    override build(inputShape: tf.Shape | tf.Shape[]): void {
      super.build(inputShape);
      const [shape] = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tf.Shape[];
      if (this.maps.length === 0) this.maps = this.pair(shape);
    }

    override apply(...[inputs, kwargs]: Parameters<tf.layers.Layer['apply']>) {
      assertOwnTensors(`DTP${stock} "${this.name}"`, inputs);
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
      return {...super.getConfig(), decoder: this.decoderArgs as tf.serialization.ConfigDict};
    }

    decoderWeight(...[name, shape, initializer]: Parameters<AddWeight>): tf.LayerVariable {
      return this.addWeight(`decoder_${name}`, shape, 'float32', initializer, undefined, false);
    }
  }
  return Paired as unknown as typeof PairedConvolution<Args>;
}
