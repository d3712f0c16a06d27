import * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import type {Windows} from '../convolution/windows';
import {decoderArchitectures} from '../decoders/architectures/index';
import {type DecoderMap, decoded, decodedDifference} from '../decoders/maps';
import {nonlinearityOf, tanh} from '../decoders/nonlinearity';
import {recordCall} from '../step/record_call';
import {currentStep} from '../step/training_step';
import {transpose} from '../tensors/transpose';
import {assertDecoderArgs, copyOf, missingDecoder} from './decoder_args';
import {decoderInitializer, directionInitializer} from './decoder_initializer';
import {takeGivenWeights} from './given_weights';
import {assertOwnTensors} from './own_tensors';
import type {Decoder, DecoderArgs, PairedLayer} from './paired_layer';
import {stockClass} from './stock_class';

/** The arguments of tfjs's dense layer, and the decoder's. */
export type DTPDenseArgs = Parameters<typeof tf.layers.dense>[0] & {
  /** The learned inverse; false for a layer whose input is the data. @defaultValue `{}` */
  decoder?: DecoderArgs | false;
};

/** What tfjs's Dense has, beyond its public declaration. */
declare class StockDense extends tf.layers.Layer {
  constructor(args: DTPDenseArgs);
  protected kernel: tf.LayerVariable;
  protected bias: tf.LayerVariable | null;
  protected readonly units: number;
  /** σ, which follows the pre-activation. */
  readonly activation: PairedLayer['activation'];
}

const Dense = stockClass<typeof StockDense>('Dense');

/**
 * tfjs's Dense, paired with a learned inverse.
 *
 *     h = x W + b,  output σ(h);    decoder g(h) = h G + c ≈ x
 *
 * x `[batch, ..., in]`, W `[in, units]`, b `[units]`, h `[batch, ..., units]`, G `[units, in]`,
 * c `[in]`; other decoders than this linear one are in {@link decoderArchitectures}. The decoder's
 * weights are not trainable: they are saved and loaded with the model and stay out of any
 * optimizer's list. Without `DTPOptimizer` the layer computes and trains exactly as Dense.
 *                                                                       (Bengio 2020, §2, §10.1)
 *
 * @throws Error when it is applied to tensors of another copy of TensorFlow.js.
 */
export class DTPDense extends Dense implements PairedLayer {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPDense';

  // Declared only: a field would reset what the constructor of Dense and `build` have set.
  declare decoder: Decoder | null;
  private readonly decoderArgs: DecoderArgs | false;

  /**
   * @param args tfjs's own arguments of a dense layer, and `decoder`.
   * @throws TypeError or RangeError if `decoder` is neither false nor valid settings of a decoder;
   * Error if tfjs rejects an argument of its own.
   */
  constructor({decoder = {}, ...args}: DTPDenseArgs) {
    super(args);
    assertDecoderArgs(`DTPDense "${this.name}"`, decoder);
    this.decoderArgs = copyOf(decoder);
    this.decoder = null;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    super.build(inputShape);
    takeGivenWeights(this);
    if (this.decoderArgs === false || this.decoder !== null) return;
    this.decoder = this.buildDecoder(this.decoderArgs);
  }

  override apply(...[inputs, kwargs]: Parameters<tf.layers.Layer['apply']>) {
    assertOwnTensors(`DTPDense "${this.name}"`, inputs);
    return super.apply(inputs, kwargs);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Parameters<tf.layers.Layer['call']>[1]) {
    const step = currentStep();
    if (step === null) return super.call(inputs, kwargs);
    this.invokeCallHook(inputs, kwargs);
    return recordCall(step, this, Array.isArray(inputs) ? inputs[0] : inputs);
  }

  parameters(): tf.LayerVariable[] {
    return this.bias === null ? [this.kernel] : [this.kernel, this.bias];
  }

  /** `[batch, ..., features]` → `[rows, features]`. */
  private rows(activation: tf.Tensor): tf.Tensor2D {
    if (activation.rank === 2) return activation as tf.Tensor2D;
    return activation.reshape([-1, activation.shape[activation.rank - 1]]);
  }

  preActivation(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      // Not fused: wasm packs W anew for each kind of product, and targets need this one, too.
      const product = this.encodeDifference(x);
      return this.bias === null ? product : product.add(this.bias.read());
    });
  }

  encodeDifference(dx: tf.Tensor): tf.Tensor {
    return this.overRows(dx, (rows) => rows.matMul(this.kernel.read()));
  }

  backpropagate(dh: tf.Tensor): tf.Tensor {
    return this.overRows(dh, (rows) => rows.matMul(transpose(this.kernel.read() as tf.Tensor2D)));
  }

  windows(): Windows {
    return rowByRow;
  }

  arrangeInput(x: tf.Tensor): tf.Tensor2D {
    return this.rows(x);
  }

  arrangeOutput(h: tf.Tensor): tf.Tensor2D {
    return this.rows(h);
  }

  matrix(): tf.Tensor2D {
    return this.kernel.read() as tf.Tensor2D;
  }

  matrixFrom(kernel: tf.Tensor): tf.Tensor2D {
    return kernel as tf.Tensor2D;
  }

  kernelFrom(matrix: tf.Tensor2D): tf.Tensor {
    return matrix;
  }

  decode(h: tf.Tensor): tf.Tensor {
    const maps = this.decoderMaps();
    return this.overRows(h, (rows) => decoded(maps, rows));
  }

  decodeDifference(h: tf.Tensor, dh: tf.Tensor): tf.Tensor {
    const maps = this.decoderMaps();
    return this.overRows(dh, (rows) => decodedDifference(maps, this.rows(h), rows));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      decoder: copyOf(this.decoderArgs) as tf.serialization.ConfigDict,
    };
  }

  /** Applies a product over rows to a tensor with any number of axes before the last. */
  private overRows(t: tf.Tensor, product: (rows: tf.Tensor2D) => tf.Tensor): tf.Tensor {
    if (t.rank === 2) return tf.tidy(() => product(t as tf.Tensor2D));
    return tf.tidy(() => {
      const result = product(this.rows(t));
      return result.reshape([...t.shape.slice(0, -1), result.shape[1] as number]);
    });
  }

  private buildDecoder({architecture = 'linear', hidden, ...args}: DecoderArgs): Decoder {
    const {takesHidden, first, reconstructs} = decoderArchitectures[architecture];
    const [inputs, outputs] = this.kernel.shape as [number, number];
    const widths = takesHidden ? (hidden ?? [Math.max(inputs, outputs)]) : [];
    const {zeros, ones, glorotNormal} = tf.initializers;
    const add = (name: string, shape: number[], initializer: ReturnType<typeof zeros>) =>
      this.addWeight(`decoder_${name}`, shape, 'float32', initializer, undefined, false);
    return {
      // Zeros here and in the last map would leave a hidden map without anything to learn from.
      // A name that ends in _1 is what tfjs would make of a second weight of the same name.
      hidden: widths.map((width, k) => ({
        kernel: add(`hidden${k + 1}_kernel`, [widths[k - 1] ?? outputs, width], glorotNormal({})),
        bias: add(`hidden${k + 1}_bias`, [width], zeros()),
      })),
      kernel: add(
        'kernel',
        [widths.at(-1) ?? outputs, inputs],
        decoderInitializer(this.name, args),
      ),
      bias: add('bias', [inputs], zeros()),
      mobility: add('mobility', [inputs], ones()),
      direction: add('direction', [outputs, 1], directionInitializer()),
      nonlinearities: [first(nonlinearityOf(this.activation)), ...widths.map(() => tanh)],
      reconstructs,
    };
  }

  private decoderMaps(): DecoderMap[] {
    if (this.decoder === null) throw missingDecoder(`DTPDense "${this.name}"`);
    const weights = [...this.decoder.hidden, this.decoder];
    return this.decoder.nonlinearities.map((activation, k) => ({
      activation,
      kernel: weights[k].kernel.read() as tf.Tensor2D,
      bias: weights[k].bias.read() as tf.Tensor1D,
    }));
  }
}
