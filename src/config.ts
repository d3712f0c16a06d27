import * as tf from '@tensorflow/tfjs';
import {type DecoderObjectiveName, decoderObjectives} from './decoders/index';
import {type DecoderRule, decoderRules} from './decoders/rules';
import {type InfluenceName, influences} from './influence/index';
import {type InversionScheme, inversions} from './inversion/index';
import {type UpdateRule, updates} from './updates/index';
import {LOGISTIC_RATE} from './updates/polyak';

/** A `tf.Optimizer` as plain JSON: its class name and its whole configuration, as tfjs saves it. */
export interface SerializedOptimizer {
  /** As tfjs has it registered: `'Adam'`, `'Momentum'`, ... */
  className: string;
  /** What its `getConfig()` returns. */
  config: tf.serialization.ConfigDict;
}

/** A rate, one of each step, or what finds it; see {@link DTPOptimizerConfig.learningRate}. */
export type LearningRate = number | ((step: number) => number) | 'polyak';

/** The settings of `DTPOptimizer`: one plain-JSON object, every field optional. */
export interface DTPOptimizerConfig {
  /**
   * How far the outputs of an example are to move in a step, as a multiple of −∂L_b/∂h_L, or a function
   * that returns it for the number of the step (from 0). ≥ 0; at 0 nothing that has a target moves. The
   * whole Gauss–Newton step is 1 over the curvature of the loss, which of a logistic one is at most ¼.
   *
   * `polyak` is Polyak's step size of the first mini-batch, L / mean_b ‖∂L_b/∂h_L‖², at least 4: it suits
   * losses that are a mean over the entries of an output, whose gradients are as many times shorter.
   *
   * A function cannot be saved: `getConfig` has its present value. @defaultValue 'polyak'; 4 where
   * `bounds.decrease` is null, which is for losses that 0 is no bound of
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
     * Of how many examples it is measured what the targets passed down reach: ρ of `measured` influence,
     * of those in the mini-batch that have the largest targets. For all it follows then from the
     * size of what they send down, exactly where a decoder is a transpose. With null, with `safeguard`,
     * where a mini-batch has no more, and on webgl and webgpu, where reading their sizes would wait, it
     * is measured of each. A whole number ≥ 1, or null.
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
     * λ of `minibatch`, relative to the mean squared length of a layer's input, with the 1 of a bias in
     * it, beside which that counts as 1 + 16 times the input's variance at most. This is where all examples of a
     * mini-batch lack alike; where few still lack something it is less, times p^⅓, with the p of `bounds.noise`.
     * ≥ 0.
     *
     * @defaultValue 1
     */
    damping?: number;
    /**
     * Where a layer has more rows than this (the windows of a convolution, long sequences), and more than
     * inputs, `minibatch` estimates their Gram matrix from about so many of them: windows spread evenly
     * over the images, or the rows of the first examples; the wanted changes always count all. A whole
     * number ≥ 1; null for all rows. @defaultValue 2048
     */
    gramRows?: number | null;
  };
  /** What keeps a step from going too far; null for no bound.            (Bengio 2020, §10.4) */
  bounds?: {
    /**
     * How much of what is wanted of the outputs all layers make together: each takes `together` / Σ_l φ_l of
     * its step, at most the whole, with the φ_l of `decrease`. As each alone aims at all of it, layers
     * that step at once make it several times over. Above 0.
     *
     * @defaultValue 1; null with 'convex' and 'uniform', which share it out
     */
    together?: number | null;
    /**
     * The largest decrease of the loss that a step may predict to first order, as a multiple of the
     * loss: beyond 2 it overshoots even a quadratic with its minimum at 0, from 4 on it makes that
     * larger. The limit is `decrease` · n times the loss, with
     *
     *     n = p^(−⅙) min(1, Σ_l φ_l),   φ_l = ⟨D_l, M_l⟩ / ‖D_l‖²
     *
     * and D_l what the outputs of layer l are to change by over the mini-batch, M_l what its weights can
     * make of that, and the p of `noise`. (A heuristic of ours.) For losses that cannot be negative, and
     * for influences whose step estimates the gradient: 'measured' and 'paper', or any with
     * `feedback: 'gradient'`. Above 0.
     *
     * @defaultValue 2; null with other influences, unless `feedback` is 'gradient'
     */
    decrease?: number | null;
    /**
     * How far the outputs of a hidden layer may move in a step, relative to their size over the
     * batch. Above 0. @defaultValue 0.2
     */
    shift?: number | null;
    /**
     * How far the target of a hidden layer may be from its activation: ‖τ_l − h_l‖ of an example,
     * relative to the root mean square of ‖h_l‖ over the batch, unless that is 0. Above 0.
     * @defaultValue null
     */
    target?: number | null;
    /**
     * How much a kernel may change in a step: ‖ΔW‖ relative to ‖W‖. A kernel of zeros has nothing to
     * be compared with and is not bounded. Above 0. @defaultValue null
     */
    weights?: number | null;
    /**
     * How much a kernel may change in a step, ‖ΔW‖ relative to ‖W‖, where all examples of a mini-batch
     * lack alike, as they do once a loss is as low as it can be: less from step to step, as there a fit of
     * one mini-batch is noise to the next. (A heuristic of ours; see 'What cannot be fitted' in
     * docs/choosing.md.) The limit of step t = 0, 1, ... is
     *
     *     noise / (√(t + 1) p²),   p = (1 + 2 / n) (Σ_b ‖d_b‖²)² / (B Σ_b ‖d_b‖⁴),   at most 1
     *
     * with d_b what the n outputs of example b are to change by, and B examples. Where few examples still
     * lack something, p is small and nothing is limited. Above 0. @defaultValue 0.25
     */
    noise?: number | null;
  };
  /**
   * Differences travel down with a uniform magnitude, next to the scalar that makes up for it: the same
   * updates, but gains of inverses that multiply up over many layers cannot leave the range of float32.
   * A step takes a tenth to a sixth longer; null: where more than 14 calls of layers pass their target
   * down, and never where it lacks what it needs: the schedule `sequential`, `layerwise` feedback and no
   * `bounds.target`.                                                         (Bengio 2020, §10.4)
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
     * Noise of `perturbation`, relative to its signal, where all examples of a mini-batch lack alike; in
     * proportion less where few still lack something, times the p of `bounds.noise`. Much noise makes
     * decoders nearly a transpose, little an inverse. ≥ 0.
     *
     * @defaultValue 24; 2 with 'sampled-perturbation'; 0.1 with the influences 'paper' and 'convex', which take
     * decoders for inverses
     */
    damping?: number;
    /**
     * Ridge of the rule `gram`, relative to the mean squared length of what a decoder is fed. ≥ 0.
     *
     * @defaultValue 1
     */
    ridge?: number;
    /**
     * Size of a step relative to the largest safe one; in (0, 2).
     * @defaultValue 1; 0.03 with 'sampled-perturbation'
     */
    learningRate?: number;
    /**
     * When in a step decoders learn: `after` the weights have moved, from the new weights and the activations
     * of the step; or `before` targets come down, from weights and activations that belong together, as in the
     * paper's algorithm. The p of `damping` is not known then, and counts as 1.   (Bengio 2020, §9, Algorithm)
     *
     * @defaultValue 'after'
     */
    when?: 'after' | 'before';
    /** Decoders learn every so many training steps; a whole number ≥ 1. @defaultValue 1 */
    every?: number;
    /**
     * A decoder learns only where its layer has moved since its last lesson: Σ ‖ΔW‖ / ‖W‖ over the steps has
     * reached this, or something else than these has moved the kernel. 0 for always, which suits decoders that
     * need many lessons. ≥ 0.
     *
     * @defaultValue 0.2; 0 with `decoders.optimizer` or 'sampled-perturbation'
     */
    drift?: number;
    /**
     * Steps that a decoder takes before its first use, or fewer, where `perturbation` of a linear one has
     * settled before; a whole number ≥ 0. @defaultValue 40
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
   * other layers do not decay. In [0, 1), and times the rate, too. @defaultValue 0
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
   * which get ordinary gradients of what arrives there: with `measured` influence as large as by back-propagation,
   * with others as short as targets are. @defaultValue tf.train.adam(3e-3)
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

type Section<Name extends 'inversion' | 'update' | 'bounds' | 'decoders'> = Required<
  NonNullable<DTPOptimizerConfig[Name]>
>;

/** A configuration with every field present, and the optimizers as plain JSON. */
export interface ResolvedConfig extends Required<DTPOptimizerConfig> {
  inversion: Section<'inversion'>;
  online: {decay: number} | null;
  update: Section<'update'>;
  bounds: Section<'bounds'>;
  decoders: Section<'decoders'> & {
    noise: {input: number; output: number};
    optimizer: SerializedOptimizer | null;
  };
  optimizer: SerializedOptimizer | null;
  unpairedOptimizer: SerializedOptimizer;
}

/**
 * Fills in the defaults and checks every field.
 *
 * @throws TypeError for a field that does not exist; RangeError for a value that is not valid. The
 * message names the field, the value and what is valid.
 */
export function resolveConfig(config: DTPOptimizerConfig): ResolvedConfig {
  check('', config, schema);
  const {
    beta = 1e-3,
    feedback = 'layerwise',
    inversion: {
      scheme = 'output',
      iterations = 1,
      tolerance = 0,
      start = 'activation',
      safeguard = iterations > 1,
      checked = 32,
    } = {},
    schedule = 'sequential',
    online = null,
    influence = feedback === 'gradient' ? 'none' : 'measured',
    update: {rule = 'minibatch', damping = 1, gramRows = 2048} = {},
    bounds: {
      together = sharesOut(influence) ? null : 1,
      decrease = estimatesGradient(feedback, influence) ? 2 : null,
      shift = 0.2,
      target = null,
      weights = null,
      noise = 0.25,
    } = {},
    scaled = null,
    decoders = {},
    weightDecay = 0,
    clipNorm = null,
    optimizer = null,
    unpairedOptimizer = ADAM,
    onNonFinite = 'throw',
    seed = 0,
  } = config;
  const {learningRate = decrease === null ? LOGISTIC_RATE : 'polyak'} = config;
  if (decrease !== null && !estimatesGradient(feedback, influence)) {
    throw new RangeError(
      `DTPOptimizer: bounds.decrease is ${show(decrease)} with influence '${influence}', whose step ` +
        "predicts no decrease. Use influence 'measured' or 'paper', or bounds.decrease: null.",
    );
  }
  if (online !== null && (schedule !== 'parallel' || optimizer !== null)) {
    throw new RangeError(
      `DTPOptimizer: online updates with schedule ${show(schedule)} and ${optimizer === null ? 'no' : 'an'} inner ` +
        "optimizer, expected the schedule 'parallel' and none. Set schedule: 'parallel' and " +
        'optimizer: null, or online: null.',
    );
  }
  const isScalable = canBeScaled(schedule, feedback, target);
  if (scaled === true && !isScalable) {
    throw new RangeError(
      `DTPOptimizer: scaled is true with schedule ${show(schedule)}, feedback ${show(feedback)} and ` +
        `bounds.target ${show(target)}, expected 'sequential', 'layerwise' and null. ` +
        'Set these, or scaled: false.',
    );
  }
  return {
    learningRate,
    beta,
    feedback,
    inversion: {scheme, iterations, tolerance, start, safeguard, checked},
    schedule,
    online: online === null ? null : {decay: online.decay ?? 0},
    influence,
    update: {rule, damping, gramRows},
    bounds: {together, decrease, shift, target, weights, noise},
    scaled: isScalable ? scaled : false,
    decoders: resolveDecoders(influence, decoders),
    weightDecay,
    clipNorm,
    optimizer: optimizer && serialized('optimizer', optimizer),
    unpairedOptimizer: serialized('unpairedOptimizer', unpairedOptimizer),
    onNonFinite,
    seed,
  };
}

/** Whether targets go down layer by layer, and nothing but their inversion sizes them. */
function canBeScaled(schedule: string, feedback: string, target: number | null): boolean {
  return schedule === 'sequential' && feedback === 'layerwise' && target === null;
}

/** Whether s_l d_l / β is an estimate of −∂L_b/∂h_l. */
function estimatesGradient(feedback: string, influence: string): boolean {
  return feedback === 'gradient' || influence === 'measured' || influence === 'paper';
}

/** Whether the s_l of all layers add up to one step, where with others each takes the whole. */
function sharesOut(influence: InfluenceName): boolean {
  return influence === 'convex' || influence === 'uniform';
}

/** Whether s_l is right only if decoders are inverses. */
function assumesInverses(influence: InfluenceName): boolean {
  return influence === 'paper' || influence === 'convex';
}

/** Whether lessons are single samples, of which many are to be averaged. */
function isSampled(objective: DecoderObjectiveName): boolean {
  return objective === 'sampled-perturbation';
}

function resolveDecoders(
  influence: InfluenceName,
  {
    objective = 'perturbation',
    rule = 'gram',
    damping = assumesInverses(influence) ? 0.1 : isSampled(objective) ? 2 : 24,
    ridge = 1,
    learningRate = isSampled(objective) ? 0.03 : 1,
    when = 'after',
    every = 1,
    warmupSteps = 40,
    noise: {input = 0, output = 0} = {},
    optimizer = null,
    drift = optimizer === null && !isSampled(objective) ? 0.2 : 0,
  }: NonNullable<DTPOptimizerConfig['decoders']>,
): ResolvedConfig['decoders'] {
  const unused: Record<string, {[name: string]: number}> = {
    perturbation: {input, output},
    'sampled-perturbation': {input, output},
    reverse: {input},
  };
  for (const [name, deviation] of Object.entries(unused[objective] ?? {})) {
    if (deviation === 0) continue;
    throw new RangeError(
      `DTPOptimizer: decoders.noise.${name} is ${show(deviation)} with objective '${objective}', which ` +
        "does not use it. Leave it out, or use objective 'autoencoder' or 'both'.",
    );
  }
  return {
    objective,
    rule,
    damping,
    ridge,
    learningRate,
    when,
    every,
    drift,
    warmupSteps,
    noise: {input, output},
    optimizer: optimizer && serialized('decoders.optimizer', optimizer),
  };
}

const ADAM: SerializedOptimizer = {
  className: 'Adam',
  config: {learningRate: 3e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

/** A new optimizer from its plain-JSON form. */
export function deserializeOptimizer({className, config}: SerializedOptimizer): tf.Optimizer {
  const [optimizerClass, fromConfig] = registered(className) as NonNullable<RegisteredClass>;
  return fromConfig(optimizerClass, config) as tf.Optimizer;
}

function serialized(
  field: string,
  optimizer: tf.Optimizer | SerializedOptimizer,
): SerializedOptimizer {
  if (isOptimizer(optimizer)) {
    return {className: optimizer.getClassName(), config: optimizer.getConfig()};
  }
  if (optimizer === ADAM) return ADAM;
  try {
    // What its constructor makes besides variables is not what dispose() releases.
    tf.tidy(() => deserializeOptimizer(optimizer).dispose());
  } catch (error) {
    throw new RangeError(
      `DTPOptimizer: ${field} is ${show(optimizer)}, of which TensorFlow.js makes no optimizer ` +
        `(${(error as Error).message}). Give it as {className: optimizer.getClassName(), config: ` +
        'optimizer.getConfig()}, or the optimizer itself.',
      {cause: error},
    );
  }
  return optimizer;
}

type RegisteredClass =
  | ReturnType<typeof tf.serialization.SerializationMap.getMap>['classNameMap'][string]
  | undefined;

function registered(className: string): RegisteredClass {
  return tf.serialization.SerializationMap.getMap().classNameMap[className];
}

function isOptimizer(value: unknown): value is tf.Optimizer {
  return isObject(value) && value instanceof tf.Optimizer;
}

/** Whether it is the name of an optimizer that takes gradients. */
function canBeInside(className: string): boolean {
  const prototype: unknown = registered(className)?.[0].prototype;
  // tfjs's test of an instance asks for its methods.
  return className !== 'DTPOptimizer' && isObject(prototype) && prototype instanceof tf.Optimizer;
}

/** What is valid for one field, in words and as a test. */
interface Rule {
  valid: string;
  accepts: (value: unknown) => boolean;
}

type Schema = {[field: string]: Rule | Schema};

const number = (valid: string, within: (value: number) => boolean): Rule => ({
  valid: `a number ${valid}`,
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && within(value),
});

const wholeNumber = (valid: string, within: (value: number) => boolean): Rule => ({
  valid: `a whole number${valid}`,
  accepts: (value) => Number.isSafeInteger(value) && within(value as number),
});

const oneOf = (...names: string[]): Rule => ({
  valid: `one of ${names.map((name) => `'${name}'`).join(', ')}`,
  accepts: (value) => names.includes(value as string),
});

/** A name in a table, which users may have added to. */
const memberOf = (table: object): Rule => ({
  get valid() {
    return oneOf(...Object.keys(table)).valid;
  },
  accepts: (value) => typeof value === 'string' && Object.hasOwn(table, value),
});

const optimizerRule: Rule = {
  valid:
    'a tf.Optimizer other than DTPOptimizer, or {className, config} of one, of a class that ' +
    'tf.serialization.registerClass knows',
  accepts: (value) =>
    isOptimizer(value)
      ? canBeInside(value.getClassName())
      : isObject(value) &&
        'className' in value &&
        'config' in value &&
        isObject(value.config) &&
        canBeInside(String(value.className)),
};

const either = (rule: Rule, also: unknown, name: string): Rule => ({
  valid: `${rule.valid}, or ${name}`,
  accepts: (value) => value === also || rule.accepts(value),
});

const trueOrFalse: Rule = {
  valid: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

const positive = number('above 0', (value) => value > 0);
const notNegative = number('≥ 0', (value) => value >= 0);

const schema = {
  learningRate: {
    valid: "a number ≥ 0, a function of the step that returns one, or 'polyak'",
    accepts: (value: unknown) =>
      typeof value === 'function' || value === 'polyak' || notNegative.accepts(value),
  },
  beta: number('in (0, 1]', (value) => value > 0 && value <= 1),
  feedback: oneOf('layerwise', 'gradient'),
  inversion: {
    scheme: memberOf(inversions),
    iterations: wholeNumber(' ≥ 1', (value) => value >= 1),
    tolerance: number('in [0, 1)', (value) => value >= 0 && value < 1),
    safeguard: trueOrFalse,
    checked: either(
      wholeNumber(' ≥ 1', (value) => value >= 1),
      null,
      'null',
    ),
    start: oneOf('activation', 'decoder'),
  },
  schedule: oneOf('sequential', 'parallel'),
  online: {decay: number('in [0, 1)', (value) => value >= 0 && value < 1)},
  influence: memberOf(influences),
  update: {
    rule: memberOf(updates),
    damping: notNegative,
    gramRows: either(
      wholeNumber(' ≥ 1', (value) => value >= 1),
      null,
      'null',
    ),
  },
  bounds: {
    together: either(positive, null, 'null'),
    decrease: either(positive, null, 'null'),
    shift: either(positive, null, 'null'),
    target: either(positive, null, 'null'),
    weights: either(positive, null, 'null'),
    noise: either(positive, null, 'null'),
  },
  scaled: either(trueOrFalse, null, 'null'),
  decoders: {
    objective: memberOf(decoderObjectives),
    rule: memberOf(decoderRules),
    damping: notNegative,
    ridge: notNegative,
    learningRate: number('in (0, 2)', (value) => value > 0 && value < 2),
    when: oneOf('after', 'before'),
    every: wholeNumber(' ≥ 1', (value) => value >= 1),
    drift: notNegative,
    warmupSteps: wholeNumber(' ≥ 0', (value) => value >= 0),
    noise: {input: notNegative, output: notNegative},
    optimizer: either(optimizerRule, null, 'null'),
  },
  weightDecay: number('in [0, 1)', (value) => value >= 0 && value < 1),
  clipNorm: either(positive, null, 'null'),
  optimizer: either(optimizerRule, null, 'null'),
  unpairedOptimizer: optimizerRule,
  onNonFinite: oneOf('throw', 'skip'),
  seed: wholeNumber('', Number.isSafeInteger),
} satisfies Schema & Record<keyof DTPOptimizerConfig, unknown>;

function check(path: string, given: unknown, fields: Schema): void {
  if (!isObject(given) || Array.isArray(given)) {
    const where = path === '' ? 'the configuration' : path;
    throw new TypeError(
      `DTPOptimizer: ${where} is ${show(given)}, expected an object with fields ` +
        `${Object.keys(fields).join(', ')}.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const field = path === '' ? name : `${path}.${name}`;
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (rule === undefined) {
      throw new TypeError(
        `DTPOptimizer: there is no field ${field} (given ${show(value)}). ` +
          `Valid ${path === '' ? 'fields' : `fields of ${path}`}: ${Object.keys(fields).join(', ')}.`,
      );
    }
    if (value === undefined) continue;
    if (field === 'online' && value === null) continue;
    if (!isRule(rule)) check(field, value, rule);
    else if (!rule.accepts(value)) {
      throw new RangeError(`DTPOptimizer: ${field} is ${show(value)}, expected ${rule.valid}.`);
    }
  }
}

function isRule(rule: Rule | Schema): rule is Rule {
  return typeof rule.accepts === 'function';
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (isOptimizer(value)) return `a ${value.getClassName()}`;
  return isObject(value) ? JSON.stringify(value) : String(value);
}

/** Not `instanceof Object`, which an object of another window or context is not. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
