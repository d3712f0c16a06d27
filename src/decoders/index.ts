import type * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import type {DirectLink} from '../step/training_step';
import {autoencoder} from './autoencoder';
import {both} from './both';
import type {Nonlinearity} from './nonlinearity';
import {perturbation} from './perturbation';
import {reverse} from './reverse';
import type {DecoderRule} from './rules';
import {sampledPerturbation} from './sampled_perturbation';

/** The weights of one affine map, z ↦ z V + c. */
export interface Affine {
  /** V, `[from, to]`; `[out, features]` of a decoder that folds windows. */
  kernel: tf.Tensor2D;
  /** c, `[to]`; `[in]` of a decoder that folds windows. */
  bias: tf.Tensor1D;
}

/** A decoder and what its learning remembers from step to step. */
export interface DecoderState extends Affine {
  /** Weights of the maps before the last, which is `kernel` and `bias`. @defaultValue none */
  hidden?: Affine[];
  /** Running mean of σ'(h_{l−1})², how far each input unit can move, `[in]`. */
  mobility: tf.Tensor1D;
  /**
   * Running leading eigenvector that normalises the step, `[out, 1]`; `[out, features]` of windows.
   */
  direction: tf.Tensor2D;
}

/** What a decoder learns from: the activations of its layer in a step. */
export interface DecoderBatch {
  /** W of the encoder h = P(x) W + b, `[features, out]`. */
  encoder: tf.Tensor2D;
  /** X, `[rows, in]`, or images `[batch, ..., in]`. */
  input: tf.Tensor;
  /** H, the pre-activations of X, `[rows, out]`, or images `[batch, ..., out]`. */
  output: tf.Tensor;
  /** P, what of x each entry of h sees. @defaultValue the identity on rows: features = in */
  windows?: Windows;
  /** The batch's mean of σ'(h_{l−1})², `[in]`: how far each input unit can move. */
  mobility: tf.Tensor1D;
  /** Where X = σ(h_{l−1}) and h_{l−1} is to be reconstructed; null for X. @defaultValue null */
  below?: Pick<DirectLink, 'activation' | 'preActivation'> | null;
  /** φ in front of each map of the decoder. @defaultValue the identity, for one map */
  nonlinearities?: Nonlinearity[];
}

/** How a decoder learns; `decoders` of the configuration, without what chooses. */
export interface DecoderLearningOptions {
  /** Noise of `perturbation` relative to its signal; ≥ 0. */
  damping: number;
  /**
   * λ of the rule `gram` relative to the mean squared length of what a decoder is fed, with a bias at most to
   * 1 + 16 times its variance (see `ridgeInverse`); ≥ 0.
   */
  ridge: number;
  /** Size of a step: 1 takes the whole step, which converges for any value below 2; in (0, 2). */
  learningRate: number;
  /** How many steps to take; a whole number ≥ 0. */
  steps: number;
  /** Whether the decoder has never learned, so that nothing remembered counts. */
  fresh: boolean;
  /** Seeds what is drawn at random; a whole number. */
  seed: number;
  /** How the maps follow what is wanted of them. @defaultValue 'gram' */
  rule?: DecoderRule;
  /** Standard deviations relative to the root mean square of the activations. @defaultValue none */
  noise?: {
    /** Of the inputs x; ≥ 0. */
    input: number;
    /** Of the outputs h; ≥ 0. */
    output: number;
  };
  /** Moves the weights by their plain descents, in place of rule and rate. @defaultValue null */
  descend?: Descend | null;
}

/** How the weights of the maps, from the first, are asked to change; a bias of null stays. */
export type Descent = Array<{
  /** ΔV, of the shape of the map's kernel. */
  kernel: tf.Tensor2D;
  /** Δc, of the shape of its bias. */
  bias: tf.Tensor1D | null;
}>;

/**
 * Takes a step of some optimizer along the descent, which is lent, and returns new tensors of the
 * new weights of the maps.
 */
export type Descend = (descent: Descent) => Affine[];

/**
 * What a decoder is taught: takes steps from the state on a batch, both borrowed, and returns those
 * parts of the state that change, the caller's to dispose.              (Bengio 2020, §10.2)
 */
export type DecoderObjective = (
  state: DecoderState,
  batch: DecoderBatch,
  options: DecoderLearningOptions,
) => Partial<DecoderState>;

/** The objectives that `decoders.objective` chooses from: what g is to invert, and where. */
export const decoderObjectives = {
  perturbation,
  /**
   * What `perturbation` teaches, from samples: activations alone, no transposed weights.
   *
   *     e = f(x + ξ) − f(x) + ν  is to be decoded to  c C⁻¹ ξ                   (after Bengio 2020, §10.2)
   */
  'sampled-perturbation': sampledPerturbation,
  autoencoder,
  reverse,
  both,
};

/** The name of an objective: a key of {@link decoderObjectives}. */
export type DecoderObjectiveName = keyof typeof decoderObjectives;
