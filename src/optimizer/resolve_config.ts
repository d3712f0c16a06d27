import type {DecoderObjectiveName} from '../decoders/index';
import type {InfluenceName} from '../influence/index';
import {show} from '../messages/show';
import {LOGISTIC_RATE} from '../updates/polyak';
import {checkConfig} from './check_config';
import type {DTPOptimizerConfig} from './config';
import {type SerializedOptimizer, serialized} from './serialized_optimizer';

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
  checkConfig(config);
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
    update: {
      rule = 'minibatch',
      damping = 1,
      gramRows = 2048,
      balance = rule !== 'example' && estimatesGradient(feedback, influence) ? 1 : 0,
    } = {},
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
    unpairedOptimizer,
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
    update: {rule, damping, gramRows, balance},
    bounds: {together, decrease, shift, target, weights, noise},
    scaled: isScalable ? scaled : false,
    decoders: resolveDecoders(influence, decoders),
    weightDecay,
    clipNorm,
    optimizer: optimizer && serialized('optimizer', optimizer),
    unpairedOptimizer: unpairedOptimizer
      ? serialized('unpairedOptimizer', unpairedOptimizer)
      : ADAM,
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
