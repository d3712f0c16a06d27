import type * as tf from '@tensorflow/tfjs';
import {autoencoder} from './autoencoder';
import {perturbation} from './perturbation';

/** A linear decoder g(h) = h G + c and what its learning remembers from step to step. */
export interface DecoderState {
  /** G, `[out, in]`. */
  kernel: tf.Tensor2D;
  /** c, `[in]`. */
  bias: tf.Tensor1D;
  /** Running mean of σ'(h_{l−1})², `[in]`. */
  mobility: tf.Tensor1D;
  /** Running leading eigenvector that normalises the step, `[out, 1]`. */
  direction: tf.Tensor2D;
}

/** What a decoder learns from. */
export interface DecoderBatch {
  /** W of the encoder h = x W + b, `[in, out]`. */
  encoder: tf.Tensor2D;
  /** X, `[rows, in]`. */
  input: tf.Tensor2D;
  /** H, the pre-activations of X, `[rows, out]`. */
  output: tf.Tensor2D;
  /** The batch's mean of σ'(h_{l−1})², `[in]`: how far each input unit can move. */
  mobility: tf.Tensor1D;
}

export interface DecoderLearningOptions {
  /** Objective's damping; see each. */
  damping: number;
  /** Size of a step, relative to the largest that is safe. */
  learningRate: number;
  /** How many steps to take. */
  steps: number;
  /** Whether the decoder has never learned, so that nothing remembered counts. */
  fresh: boolean;
  /** Seeds what is drawn at random. */
  seed: number;
}

/** What a decoder is taught: returns those parts of its state that change, the caller's to dispose. */
export type DecoderObjective = (
  state: DecoderState,
  batch: DecoderBatch,
  options: DecoderLearningOptions,
) => Partial<DecoderState>;

/** The objectives that `decoders.objective` chooses from. */
export const decoderObjectives = {perturbation, autoencoder};

export type DecoderObjectiveName = keyof typeof decoderObjectives;
