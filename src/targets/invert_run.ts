import * as tf from '@tensorflow/tfjs';
import {schemes} from '../inversion/index';
import {approach, type Link, relax, type Start} from '../inversion/iterate';
import {squaredNormOf} from '../step/squared_norm_of';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {norms, scaleExamples, squaredNorms} from '../tensors/per_example';
import {zerosLike} from '../tensors/zeros';
import {displacements} from './displacements';
import {gain} from './gain';

/**
 * Inverts a layer, and with the `parallel` schedule the whole run of directly linked layers that it
 * heads, all at once: sets `inverted` of each.
 *
 * In displacements: the start is the activation itself, 0, or what the decoder makes of the target.
 * A run ends where a stock layer lies below, where another path starts from the same activation, and
 * where nothing below is trained. `bounds.target` confines every iterate.
 *                                                          (Bengio 2020, §6; §9, Algorithm; §10.4)
 *
 * @param target d_l of the first, `[batch, ...output]`.
 */
export function invertRun(step: TrainingStep, first: LayerRecord, target: tf.Tensor): void {
  const {schedule, inversion, online} = step.config;
  const run = schedule === 'parallel' ? runFrom(first) : [first];
  for (const record of run) step.prepareDecoder(record);
  const chain = run.map((record) => linkOf(step, record));
  // All of it at once, as the weights move from moment to moment.
  const keepMoment = (found: Start[]) => {
    let wanted = target;
    for (const [i, start] of found.entries()) {
      const difference = step.share(start.x);
      // f of x is found when it is asked for.
      const reached = inversion.safeguard ? start.y : null;
      const passed = {
        squaredNorm: squaredNormOf(step, {difference}),
        gain: step.own(gain(step, run[i], wanted, difference, reached)),
      };
      run[i].moments.push({difference, passed});
      wanted = difference;
    }
  };
  const options = {...inversion, ...(online === null ? {} : {onIteration: keepMoment})};
  const scheme = schemes[inversion.scheme];
  if (!inversion.safeguard && step.observers.length === 0) {
    for (const [i, x] of approach(scheme, chain, target, options).entries()) {
      run[i].inverted = {x: step.own(x), y: null, errors: null};
    }
    return;
  }
  const found = relax(scheme, chain, target, options);
  for (const [i, {x, y, errors, trace}] of found.entries()) {
    step.own(errors.start);
    step.own(errors.last);
    step.own(errors.kept);
    run[i].inverted = {x: step.own(x), y: step.own(y), errors, trace};
  }
}

/** What is inverted at a call, from where, and within which bounds. */
export function linkOf(step: TrainingStep, record: LayerRecord): Link {
  const {start} = step.config.inversion;
  return {
    pair: displacements(record),
    start:
      start === 'activation' ? {x: zerosLike(record.input), y: zerosLike(record.output)} : null,
    ...confinement(step, record),
  };
}

function runFrom(first: LayerRecord): LayerRecord[] {
  const run = [first];
  for (let {below, soleUser} = first; below !== null && soleUser; {below, soleUser} = run[0]) {
    if (!below.record.passesDown) break;
    run.unshift(below.record);
  }
  return run.reverse();
}

/** Keeps d_{l−1} within `bounds.target`; for what stock layers return, that is relative to it. */
function confinement(step: TrainingStep, {input, below}: LayerRecord): Pick<Link, 'confine'> {
  const {target} = step.config.bounds;
  if (target === null) return {};
  const limit = step.own(
    tf.tidy(() =>
      squaredNorms(below?.preActivation ?? input)
        .mean()
        .sqrt()
        .mul(target),
    ),
  );
  return {confine: (difference) => shortened(difference, limit)};
}

/** Every example of a difference, made no longer than the limit, in its direction; a limit of 0 is none. */
function shortened(difference: tf.Tensor, limit: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const lengths = norms(difference);
    const tooLong = lengths.greater(limit).logicalAnd(limit.greater(0));
    const part = tf.where(tooLong, limit.divNoNan(lengths), tf.onesLike(lengths));
    return scaleExamples(difference, part as tf.Tensor1D);
  });
}
