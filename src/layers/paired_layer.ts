import type * as tf from '@tensorflow/tfjs';

/** Settings of a paired layer's decoder, its learned inverse. */
export interface DecoderArgs {
  /**
   * Where the decoder's kernel starts, by tfjs's name of the initializer.
   *
   * Before the first training step the optimizer warms the decoder up (`decoders.warmupSteps`), so
   * that the start hardly matters. @defaultValue 'zeros'
   */
  kernelInitializer?: Parameters<typeof tf.layers.dense>[0]['kernelInitializer'];
}

/**
 * What a training step asks of a layer that is paired with a decoder.
 *
 * Encoder h = W x + b, decoder x ≈ h G + c. Shapes: x, dx `[batch, ...input]`, h, dh
 * `[batch, ...output]`. Results are the caller's.
 */
export interface PairedLayer extends tf.layers.Layer {
  /** σ, which follows the pre-activation. */
  readonly activation: {apply(h: tf.Tensor): tf.Tensor; getClassName(): string};
  /** The trained weights: the kernel, then the bias if there is one. */
  parameters(): tf.LayerVariable[];
  /** h = W x + b. */
  preActivation(x: tf.Tensor): tf.Tensor;
  /** W dx. */
  encodeDifference(dx: tf.Tensor): tf.Tensor;
  /** Wᵀ dh. */
  backpropagate(dh: tf.Tensor): tf.Tensor;
  /** The learned inverse; null for a layer built with `decoder: false`. */
  readonly decoder: DecoderWeights | null;
  /** g(h) = G h + c. */
  decode(h: tf.Tensor): tf.Tensor;
  /** G dh = g(h + dh) − g(h). */
  decodeDifference(dh: tf.Tensor): tf.Tensor;
  /**
   * The layer as one matrix product over rows: `[batch, ...]` → `[rows, features]`. A row of the
   * input and the same row of the pre-activation belong together.
   */
  rows(activation: tf.Tensor): tf.Tensor2D;
}

/** The non-trainable weights that hold a linear decoder and what its learning remembers. */
export interface DecoderWeights {
  /** G, `[output, input]`. */
  kernel: tf.LayerVariable;
  /** c, `[input]`. */
  bias: tf.LayerVariable;
  /** Running mean of σ'(h_{l−1})², how far each input unit can move, `[input]`. */
  mobility: tf.LayerVariable;
  /** Running leading eigenvector of what the decoder's step is normalised by, `[output, 1]`. */
  direction: tf.LayerVariable;
}
