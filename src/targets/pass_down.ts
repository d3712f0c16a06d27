import * as tf from '@tensorflow/tfjs';
import {sharesOf} from '../influence/weigh';
import {assertLinked} from '../step/assert_linked';
import {squaredNormOf} from '../step/squared_norm_of';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {quotient} from '../tensors/choose';
import {scaleExamples} from '../tensors/per_example';
import {goesAsGradient} from './as_gradient';
import {displacements} from './displacements';
import {gain} from './gain';
import {invertRun} from './invert_run';
import {isScaled, scaleDown} from './scale_down';
import {fromTape, toTape} from './tape_units';

/**
 * Turns what the tape brings to a layer's pre-activation into its target, and the target into what
 * the tape carries further down.
 *
 *     d_l = −β B p_l,   d_{l−1} = τ_{l−1} − h_{l−1} by inversion,   p_{l−1} = −d_{l−1} / (β B)
 *
 * The tape carries p, which at the output is ∂L/∂h_L, so τ_L = h_L − β ∂L_b/∂h_L for each example b;
 * below it is the target difference in the same units (see `fromTape`).
 * Stock layers in between pass p by their ordinary vector–Jacobian product, and variables outside
 * paired layers receive it as an ordinary gradient.   (Bengio 2020, §3, target-prop; §9, Algorithm)
 *
 * @param p What arrived for h_l, `[batch, ...output]`.
 * @param inputs The inputs of the layer's node on the tape: where its values hang, and the anchor.
 * @returns What the tape takes for each input.
 */
export function passDown(
  step: TrainingStep,
  record: LayerRecord,
  p: tf.Tensor,
  inputs: tf.Tensor[],
): tf.Tensor[] {
  const [, ...anchor] = inputs;
  const nothing = () => [tf.zerosLike(record.input), ...anchor.map(() => tf.scalar(0))];
  if (step.failure !== null) return nothing();
  if (step.backPropagated !== null) {
    step.backPropagated(record, p);
    if (!record.passesDown) return nothing();
    return [displacements(record).transpose(p), ...anchor.map(() => tf.scalar(0))];
  }
  try {
    assertLinked(step, `layer "${record.layer.name}"`);
    record.difference = fromTape(step, p);
    if (!record.passesDown) return nothing();
    const below = differenceBelow(step, record, record.difference);
    return [toTape(step, below, record.soleUser), ...anchor.map(() => tf.scalar(0))];
  } catch (error) {
    // Thrown from here, it would leave the tape's own tensors behind.
    step.failure = error as Error;
    return nothing();
  }
}

/** d_{l−1} from d_l, the step's, and a note of what it carries of the output's change. */
function differenceBelow(step: TrainingStep, record: LayerRecord, target: tf.Tensor): tf.Tensor {
  if (step.config.feedback === 'gradient') return step.own(displacements(record).transpose(target));

  if (record.inverted === null) invertRun(step, record, target);
  const {x: found, y: reached} = record.inverted as NonNullable<LayerRecord['inverted']>;
  const perSent = step.own(gain(step, record, target, found, reached));
  if (goesAsGradient(step, [record])) {
    const [share] = sharesOf(step, 'measured', [record], step.shares);
    const sent = step.own(tf.tidy(() => scaleExamples(found, share.mul(perSent))));
    // ⟨d_l, J_l s κ d⟩ / ‖s κ d‖² with κ = ⟨d_l, J_l d⟩ / ‖d‖².
    const perGradient = step.own(quotient(tf.onesLike(share), share));
    record.passed = {squaredNorm: squaredNormOf(step, {difference: sent}), gain: perGradient};
    return sent;
  }
  if (!isScaled(step)) {
    record.passed = {squaredNorm: squaredNormOf(step, {difference: found}), gain: perSent};
    return found;
  }
  const {sent, logScale, growth} = scaleDown(record, found, target);
  record.logScaleBelow = step.own(logScale);
  step.own(growth);
  record.passed = {
    squaredNorm: squaredNormOf(step, {difference: step.own(sent)}),
    gain: step.own(perSent.mul(growth)),
  };
  return sent;
}
