import type * as tf from '@tensorflow/tfjs';
import type {DecoderObjectiveName} from '../decoders/index';
import type {DecoderRule} from '../decoders/rules';
import type {InfluenceName} from '../influence/index';
import type {InversionScheme} from '../inversion/index';
import type {UpdateRule} from '../updates/index';
import type {SerializedOptimizer} from './serialized_optimizer';

/** A rate, a function of the step, or the name of how it is found; see {@link DTPOptimizerConfig.learningRate}. */
export type LearningRate = number | ((step: number) => number) | 'polyak';

/** The settings of `DTPOptimizer`: one plain-JSON object, every field optional. */
export interface DTPOptimizerConfig {
  /**
   * How far the outputs of an example are to move in a step, as a multiple of −∂L_b/∂h_L, or a function
   * that returns it for the number of the step (from 0). ≥ 0; at 0 nothing that has a target moves. The
   * whole Gauss–Newton step is 1 over the curvature of the loss. That curvature is at most ¼ for the logit of
   * a sigmoid, and at most ½ for those of a softmax, where two classes are equally likely.
   *
   * `polyak` is Polyak's step size of the first mini-batch, L / mean_b ‖∂L_b/∂h_L‖², at least 4: it suits
   * losses that are a mean over n outputs, whose gradients are n times smaller and need a rate n times larger.
   *
   * A function cannot be saved: `getConfig` has its present value. @defaultValue 'polyak'; 4 where
   * `bounds.decrease` is null, which is for losses that may become negative
   */
  learningRate?: LearningRate;
  /**
   * β, the size of the targets: τ_L = h_L − β ∂L/∂h_L. Not a learning rate; changes are divided by
   * it. Small, so that layers are linear within the targets. In (0, 1].  (Bengio 2020, §3)
   *
   * @defaultValue 1e-3
   */
  beta?: number;
  /**
   * What carries targets down: `layerwise` the learned inverses; `gradient` the transposed weights,
   * which is back-propagation with this optimizer's update, an ablation to compare with.
   *
   * @defaultValue 'layerwise'
   */
  feedback?: 'layerwise' | 'gradient';
  /** How a layer's target is inverted.                                  (Bengio 2020, §5, §6) */
  inversion?: {
    /** One of `dtp.inversions`. @defaultValue 'output' */
    scheme?: InversionScheme;
    /** Iterations of the scheme; a whole number ≥ 1. @defaultValue 1 */
    iterations?: number;
    /**
     * Stops early once every layer reaches its target up to this part of the change it started with,
     * over the batch. In [0, 1); 0 never stops, above 0 costs one small read an iteration.
     *
     * @defaultValue 0
     */
    tolerance?: number;
    /**
     * Starts at the layer's input, or at what the decoder makes of the target.
     *
     * @defaultValue 'activation'
     */
    start?: 'activation' | 'decoder';
    /**
     * Keeps, for every example, the best iterate: where iterations lead away from the target, never
     * a worse one than the start. @defaultValue false; true with several iterations
     */
    safeguard?: boolean;
    /**
     * On how many examples the gain κ of `measured` influence is measured: those with the largest
     * targets. All others take the same κ, which is exact where a decoder is a multiple of the transpose.
     * null measures every example; so do `safeguard`, mini-batches with no more examples than this, and
     * webgl and webgpu, where choosing them would wait for a read. A whole number ≥ 1, or null.
     *
     * @defaultValue 32
     */
    checked?: number | null;
  };
  /**
   * Inverts `sequential`ly, a layer once the one above is done, or relaxes all layers in `parallel`:
   * each run of directly linked paired layers, between stock layers and fan-outs. Every iteration is
   * then a sweep over the run. From the activation it needs as many sweeps as there are layers until
   * the lowest has a target, so combine it with more iterations or `start: 'decoder'`.
   *                                                                            (Bengio 2020, §9)
   *
   * @defaultValue 'sequential'
   */
  schedule?: 'sequential' | 'parallel';
  /**
   * Weights follow their targets during the relaxation, by the increments of every sweep, instead of
   * once at its end: W ← W − γ W + Δ. Without decay the sum is the same. Needs the schedule
   * `parallel` and no inner `optimizer`; null for one update at the end.     (Bengio 2020, §7)
   *
   * @defaultValue null
   */
  online?: {
    /** γ, the part of every kernel that decays in a sweep; in [0, 1). @defaultValue 0 */
    decay?: number;
  } | null;
  /**
   * How much of its step each layer takes; one of `dtp.influences`.          (Bengio 2020, §8)
   *
   * @defaultValue 'measured'; 'none' with `feedback: 'gradient'`, whose differences carry it already
   */
  influence?: InfluenceName;
  /** How weights follow targets.                                            (Bengio 2020, §3) */
  update?: {
    /** One of `dtp.updates`. @defaultValue 'minibatch' */
    rule?: UpdateRule;
    /**
     * λ of `minibatch`, relative to the mean squared length of a layer's input (a bias counts as an input of
     * 1, and then the length as at most 1 + 16 times the variance of the input). The step uses λ · p^⅓, with the
     * p of `bounds.noise`: less damping where a few examples have most of the error. ≥ 0.
     *
     * @defaultValue 1
     */
    damping?: number;
    /**
     * Where a layer has more rows than this (the windows of a convolution, long sequences), and more than
     * inputs, `minibatch` estimates their Gram matrix from about so many of them, spread evenly over the
     * images, or over the rows of all examples; the wanted changes always count all. A whole
     * number ≥ 1; null for all rows. @defaultValue 2048
     */
    gramRows?: number | null;
    /**
     * a, how evenly the units of a hidden layer take part. What is wanted of unit j, its column D_j of what is wanted
     * of the layer, is taken times
     *
     *     k_j = c (m_j + m̄ / B)^(−a/2),   m_j = mean of D_j²,   m̄ = mean over units of m_j
     *
     * of B examples, with c such that ‖D‖ stays; a unit of a convolution is a channel. At 0 a few units do most of the
     * learning, those with the largest weights above; at 1 all move about as far. (A heuristic of ours.) It is for
     * layers on which paired layers alone build, and left out where a layer has a regulariser, beside which weights
     * would come to rest elsewhere. In [0, 1].
     *
     * @defaultValue 1; 0 with the rule 'example', which is the paper's, and with influences other than 'measured' and
     * 'paper', unless `feedback` is 'gradient': where D does not estimate a gradient, a balanced step may go up the loss
     */
    balance?: number;
  };
  /** What keeps a step from going too far; null for no bound.            (Bengio 2020, §10.4) */
  bounds?: {
    /**
     * How much of the wanted change of the outputs all layers may make together. Each layer alone aims at the
     * whole, so that all at once make Σ_l φ_l times it, with the φ_l of `decrease`; each then takes
     * `together` / Σ_l φ_l of its step, at most 1. Above 0.
     *
     * @defaultValue 1; null with 'convex' and 'uniform', which share it out
     */
    together?: number | null;
    /**
     * The largest decrease of the loss that a step may predict to first order, as a multiple of the
     * loss: beyond 2 it overshoots even a quadratic with its minimum at 0, from 4 on it makes that
     * larger. The limit is `decrease` · n times the loss, with
     *
     *     n = p^(−⅙) min(1, Σ_l φ_l) / r,   φ_l = ⟨D_l, M_l⟩ / ‖D_l‖²,   r = max(1, 2 u w)³
     *
     * and D_l what the outputs of layer l are to change by over the mini-batch, M_l what its step (balanced) makes
     * of that, and the p of `noise`. r restrains steps where a moderate share of the examples keeps its
     * error, as wrong labels do: u = 4 q (1 − q), with q = (p B − 1) / (B − 1) of B examples, and
     * w = min(1, (t + 1) / 200) in step t = 0, 1, ...; r is 1 where an output has one or two entries, or the
     * mini-batch one example. (Heuristics of ours.) For losses that cannot be negative, and
     * for influences whose step estimates the gradient: 'measured' and 'paper', or any with
     * `feedback: 'gradient'`. Above 0.
     *
     * @defaultValue 2; null with other influences, unless `feedback` is 'gradient'
     */
    decrease?: number | null;
    /**
     * How far the outputs of a layer that has paired layers above it may move in a step, relative to
     * their size over the batch. Above 0. @defaultValue 0.2
     */
    shift?: number | null;
    /**
     * How far the target of a hidden layer may be from its activation: ‖τ_l − h_l‖ of an example,
     * relative to the root mean square of ‖h_l‖ over the batch, unless that is 0. Above 0.
     * @defaultValue null
     */
    target?: number | null;
    /**
     * How much a kernel may change in a step: ‖ΔW‖ relative to ‖W‖, which counts as at least half of that of
     * Glorot's initial weights, so that small kernels can grow and weights change their sign. Above 0.
     *
     * @defaultValue null
     */
    weights?: number | null;
    /**
     * How much a kernel may change in a step, ‖ΔW‖ relative to ‖W‖ (as of `weights`), while the error is spread
     * evenly over the mini-batch, as it is once a loss is as low as it can be. It falls from step to step, as
     * fitting one mini-batch is then noise to the next. (A heuristic of ours; see 'What cannot be fitted' in
     * docs/choosing.md.) The limit of step t = 0, 1, ... is
     *
     *     noise / (√(t + 1) p²),   p = (1 + 2 / n) (Σ_b ‖d_b‖²)² / (B Σ_b ‖d_b‖⁴),   at most 1
     *
     * with d_b what the n outputs of example b are to change by, its error, and B examples. p is the
     * participation ratio of the errors: near 1 where they are spread evenly. Where a few examples have most
     * of the error, p is small and the limit too large to matter. Of fewer than 4 examples p tells nothing; then
     * all changes are taken times min(1, 4 · noise / √(1 + t B / 32)). Above 0. @defaultValue 0.25
     */
    noise?: number | null;
  };
  /**
   * Differences travel down with a uniform magnitude, next to the scalar that makes up for it: the same
   * updates, but gains of inverses that multiply up over many layers cannot leave the range of float32.
   * A step takes a tenth to a sixth longer. It needs the schedule `sequential`, `layerwise` feedback and no
   * `bounds.target`. null: all differences are scaled where more than 14 calls of layers pass their target
   * down, and none with other settings than these.                           (Bengio 2020, §10.4)
   *
   * @defaultValue null
   */
  scaled?: boolean | null;
  /** How decoders learn.                                                 (Bengio 2020, §10.2) */
  decoders?: {
    /** One of `dtp.decoderObjectives`. @defaultValue 'perturbation' */
    objective?: DecoderObjectiveName;
    /**
     * How a decoder's weights follow what is wanted of it: one of `dtp.decoderRules`. `perturbation`
     * of a linear decoder has its own step and needs none. @defaultValue 'gram'
     */
    rule?: DecoderRule;
    /**
     * Noise of `perturbation` and 'sampled-perturbation', relative to their signal. Lessons after the
     * warm-up use this times the p of `bounds.noise`: less noise where a few examples have most of the error.
     * Much noise makes decoders nearly a transpose, little an inverse. ≥ 0.
     *
     * @defaultValue 24; 2 with 'sampled-perturbation'; with any objective 0.1 for the influences 'paper' and
     * 'convex', which take decoders for inverses
     */
    damping?: number;
    /**
     * Ridge of the rule `gram`, relative to the mean squared length of what a decoder is fed (where a bias is
     * fitted, too, it counts as an input of 1, and then the length as at most 1 + 16 times the variance). ≥ 0.
     *
     * @defaultValue 1
     */
    ridge?: number;
    /**
     * Size of a step: 1 takes the whole step, which converges for any value below 2; in (0, 2).
     * @defaultValue 1; 0.03 with 'sampled-perturbation', which averages samples
     */
    learningRate?: number;
    /**
     * When in a step decoders learn: `after` the weights have moved, from the new weights and the activations
     * that the old ones gave; or `before` targets come down, from weights and activations that belong together, as in the
     * paper's algorithm. The p of `damping` is not known then, and counts as 1.   (Bengio 2020, §9, Algorithm)
     *
     * @defaultValue 'after'
     */
    when?: 'after' | 'before';
    /** Decoders learn every so many training steps; a whole number ≥ 1. @defaultValue 1 */
    every?: number;
    /**
     * A decoder learns only once its layer has moved this far since its last lesson, by the sum of
     * ‖ΔW‖ / ‖W‖ over the steps, or once something other than these steps has moved the kernel. 0 for always,
     * which suits decoders that need many lessons. ≥ 0.
     *
     * @defaultValue 0.2; 0 with `decoders.optimizer` or 'sampled-perturbation'
     */
    drift?: number;
    /**
     * Steps that a decoder takes before its first use; `perturbation` of a linear one takes fewer if it
     * settles sooner. A whole number ≥ 0. @defaultValue 40
     */
    warmupSteps?: number;
    /**
     * Standard deviations of the noise on the layer's inputs and outputs from which decoders learn,
     * relative to the root mean square of these. ≥ 0. `reverse` uses that of the outputs only;
     * `perturbation` and 'sampled-perturbation' have their own noise and take none. @defaultValue `{input: 0, output: 0}`
     */
    noise?: {
      /** Of the inputs x. @defaultValue 0 */
      input?: number;
      /** Of the outputs h. @defaultValue 0 */
      output?: number;
    };
    /**
     * An optimizer that moves decoders by the plain gradients of what they learn, each decoder with
     * a copy of its own; `rule` and `learningRate` are then not used. null for those. @defaultValue null
     */
    optimizer?: tf.Optimizer | SerializedOptimizer | null;
  };
  /**
   * The part of every kernel of a paired layer that decays in a step, times the learning rate:
   * W ← W − rate · weightDecay · W. It is decoupled from the targets: neither `bounds`, `clipNorm` nor
   * the inner `optimizer` see it, and with `online` it acts once a step. Biases and the weights of
   * other layers do not decay. In [0, 1), and so must rate · weightDecay be. @defaultValue 0
   */
  weightDecay?: number;
  /**
   * The largest norm of all changes ΔW and Δb of a step together, in units of the weights: a step with
   * a larger one is shortened as a whole, after `bounds` and before `optimizer`
   * receives it. Gradients for the `unpairedOptimizer` do not count. Above 0; null for no limit.
   *
   * @defaultValue null
   */
  clipNorm?: number | null;
  /**
   * An optimizer that receives −ΔW of the paired layers as their gradient, for its momentum or
   * scaling; null adds ΔW itself. Not with `online`. @defaultValue null
   */
  optimizer?: tf.Optimizer | SerializedOptimizer | null;
  /**
   * The optimizer of all other variables (batch normalisation, embeddings, recurrent layers, ...),
   * which get ordinary gradients of what arrives there: with `measured` influence as large as in
   * back-propagation, with others as short as targets are. @defaultValue tf.train.adam(3e-3)
   */
  unpairedOptimizer?: tf.Optimizer | SerializedOptimizer;
  /**
   * What to do when the loss or a change of weights is NaN or infinite. Either way the step is not
   * applied. `skip` goes on with the next batch and counts `skippedSteps`. @defaultValue 'throw'
   */
  onNonFinite?: 'throw' | 'skip';
  /** Seeds all that is drawn at random. A whole number. @defaultValue 0 */
  seed?: number;
}
