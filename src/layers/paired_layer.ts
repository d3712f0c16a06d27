import type * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import type {DecoderArchitecture, DecoderArchitectureName} from '../decoders/architectures/index';
import type {Nonlinearity} from '../decoders/nonlinearity';

type InitializerName = Extract<Parameters<typeof tf.layers.dense>[0]['kernelInitializer'], string>;

/** Settings of a paired layer's decoder, its learned inverse.             (Bengio 2020, §10.1) */
export interface DecoderArgs {
  /** One of `dtp.decoderArchitectures`. @defaultValue 'linear' */
  architecture?: DecoderArchitectureName;
  /**
   * Widths of the hidden layers of an `mlp`, from the layer's output on; whole numbers ≥ 1. Their
   * kernels start at random. @defaultValue one, as wide as the wider of input and output
   */
  hidden?: number[];
  /**
   * Where the decoder's kernel, the last one of an `mlp`, starts, by tfjs's name of the
   * initializer; a layer with a name that tfjs does not know throws when it is built.
   *
   * Before the first training step the optimizer warms the decoder up (`decoders.warmupSteps`), so
   * that the start hardly matters. @defaultValue 'zeros'
   */
  kernelInitializer?: InitializerName;
}

/**
 * What a training step asks of a layer, or of a part of one, that is paired with a decoder.
 *
 * Encoder h = P(x) W + b, with P the windows of the layer (see `Windows`); decoder g(h) ≈ x, or
 * h_{l−1} (see `decoder.reconstructs`). Shapes: x, dx `[batch, ...input]`, h, dh
 * `[batch, ...output]`; what maps outputs back is told the shape of x. For use within `tf.tidy`:
 * results are the caller's, or a variable or an argument as it is.
 */
export interface PairedLayer {
  /** Of the layer, for messages. */
  readonly name: string;
  /** σ, which follows the pre-activation. */
  readonly activation: {
    /** σ(h), of the shape of h. */
    apply(h: tf.Tensor): tf.Tensor;
    /** As tfjs has it registered: `'relu'`, `'tanh'`, ... */
    getClassName(): string;
  };
  /** The trained weights: the kernel, then the bias if there is one. */
  parameters(): tf.LayerVariable[];
  /** h = P(x) W + b. */
  preActivation(x: tf.Tensor): tf.Tensor;
  /** P(dx) W. */
  encodeDifference(dx: tf.Tensor): tf.Tensor;
  /** Pᵀ(dh Wᵀ), what back-propagation would pass down. */
  backpropagate(dh: tf.Tensor, inputShape: number[]): tf.Tensor;
  /** The learned inverse; null for a layer built with `decoder: false`. */
  readonly decoder: Decoder | null;
  /** g(h). @throws Error for a layer with `decoder: false`. */
  decode(h: tf.Tensor, inputShape: number[]): tf.Tensor;
  /**
   * g(h + dh) − g(h), without the rounding error of subtracting.
   *
   * @throws Error for a layer with `decoder: false`.
   */
  decodeDifference(h: tf.Tensor, dh: tf.Tensor, inputShape: number[]): tf.Tensor;
  /** P for inputs of a shape. */
  windows(inputShape: number[]): Windows;
  /** x as the windows take it: rows of a dense layer, images with their channels last. */
  arrangeInput(x: tf.Tensor): tf.Tensor;
  /** h in the same way. */
  arrangeOutput(h: tf.Tensor): tf.Tensor;
  /** W, `[features, out]`. */
  matrix(): tf.Tensor2D;
  /** The matrix, such as W, of what has the shape of the kernel. */
  matrixFrom(kernel: tf.Tensor): tf.Tensor2D;
  /** And back: the kernel, or a change of it, in its own shape. */
  kernelFrom(matrix: tf.Tensor2D): tf.Tensor;
}

/** A decoder: its maps with their non-trainable weights, and what its learning remembers. */
export interface Decoder {
  /**
   * V of the last map, `[from, input]`, with from = output for a `linear` or `mirror` decoder; of a
   * convolution `[out, features]`.
   */
  kernel: tf.LayerVariable;
  /** c of the last map, `[input]`: of a convolution the input channels. */
  bias: tf.LayerVariable;
  /** The maps before the last. */
  hidden: Array<{kernel: tf.LayerVariable; bias: tf.LayerVariable}>;
  /** φ in front of each map. */
  nonlinearities: Nonlinearity[];
  /** What g makes of h_l where the layer is directly linked to the one below. */
  reconstructs: DecoderArchitecture['reconstructs'];
  /** Running mean of σ'(h_{l−1})², how far each input unit, or channel, can move, `[input]`. */
  mobility: tf.LayerVariable;
  /**
   * Running leading eigenvector of what the decoder's step is normalised by, `[output, 1]`; of a convolution
   * `[out, features]`.
   */
  direction: tf.LayerVariable;
}
