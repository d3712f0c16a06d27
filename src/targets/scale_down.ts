import * as tf from '@tensorflow/tfjs';
import {isCall, reachesAlone} from '../step/link_records';
import type {LayerRecord, TargetPoint, TrainingStep} from '../step/training_step';
import {choose, quotient} from '../tensors/choose';
import {norms, scaleExamples} from '../tensors/per_example';
import {tidyRecord} from '../tensors/tidy_record';

/** What a layer sends towards its input in place of a difference. */
export interface ScaledDown {
  /** d_{l−1}, of the magnitude of d_l. */
  sent: tf.Tensor;
  /** log c_{l−1}, which brings it back: τ_{l−1} − h_{l−1} = c_{l−1} d_{l−1}, `[batch]`. */
  logScale: tf.Tensor1D;
  /** c_{l−1} / c_l, 0 for an example that is sent nothing, `[batch]`. */
  growth: tf.Tensor1D;
}

/**
 * Up to how many calls may pass targets down unscaled. A damped inverse passes down a part of a target only, so
 * that after many of them the squares leave the range of float32: 14 tanh layers train alike either way, 17 do not.
 */
const CALLS_AS_IT_IS = 14;

/**
 * The largest log c_{l−1} / c_l, where c_{l−1} = 1 for all. What has shrunk further is lost in float32, and
 * the share that it calls for would leave its range: it is not sent.
 */
const MOST_GROWTH = 60;

/** Whether the differences of a step are scaled: as `scaled` says, or where there are many layers. */
export function isScaled({config: {scaled}, records}: TrainingStep): boolean {
  return scaled ?? records.filter(({passesDown}) => passesDown).length > CALLS_AS_IT_IS;
}

/**
 * Scales a target difference so that magnitudes stay uniform over the layers, with the scalar that
 * makes up for it.
 *
 *     d_{l−1} = r c_l / c_{l−1},   c_{l−1} = c_l ‖r‖ / ‖d_l‖,   r what the inversion of d_l found
 *
 * The product c_l d_l is the τ_l − h_l of DTP1. Through a direct link every example has a scalar of
 * its own. Stock layers may mix examples (batch normalisation), so below them the whole batch has
 * one, the largest; and where targets meet others or pass trained variables, which take them as
 * gradients, c_{l−1} = 1. Logarithms, because c is a product over many layers.
 *                                                                             (Bengio 2020, §10.4)
 *
 * @param found r, `[batch, ...input]`.
 * @param target d_l, `[batch, ...output]`.
 * @returns The caller's to dispose.
 */
export function scaleDown(record: LayerRecord, found: tf.Tensor, target: tf.Tensor): ScaledDown {
  return tidyRecord(() => {
    const above = logScaleOf(record);
    const ratio = quotient(norms(found), norms(target));
    const isSent = ratio.greater(0);
    // Where nothing is sent, nothing is to be scaled.
    const safe = choose(isSent, ratio, tf.onesLike(ratio));
    const ofEach = above.add<tf.Tensor1D>(safe.log());
    if (record.soleUser) {
      return {sent: scaleExamples(found, safe.reciprocal()), logScale: ofEach, growth: ratio};
    }
    const nothing = tf.zerosLike(above);
    // Arms of a branch meet others.
    const isAlone = [...record.origins].every(isCall) && reachesAlone(record, [record]);
    const common = isAlone ? largestOf(ofEach, isSent) : tf.scalar(0);
    const logScale = nothing.add<tf.Tensor1D>(common);
    const logGrowth = logScale.sub<tf.Tensor1D>(above);
    const isHeld = isSent.logicalAnd(logGrowth.less(MOST_GROWTH));
    const growth = choose(isHeld, logGrowth.exp(), nothing);
    return {sent: scaleExamples(found, quotient(tf.onesLike(growth), growth)), logScale, growth};
  });
}

/** c_l of a point: what the one above says it is, or 1, `[batch]`. */
export function scaleOf(point: TargetPoint): tf.Tensor1D {
  return tf.tidy(() => logScaleOf(point).exp());
}

/** τ_l − h_l = c_l d_l of a point that has a target. */
export function targetDifference(point: TargetPoint): tf.Tensor {
  return tf.tidy(() => scaleExamples(point.difference as tf.Tensor, scaleOf(point)));
}

/** log c_l of a point, `[batch]`. */
export function logScaleOf({consumers, difference}: TargetPoint): tf.Tensor1D {
  // Where there are several above, c = 1 for all of them.
  const known = consumers[0]?.logScaleBelow ?? null;
  return known === null ? tf.zeros([(difference as tf.Tensor).shape[0]]) : known.clone();
}

/** The largest log c of the examples that are sent something. */
function largestOf(logScale: tf.Tensor1D, isSent: tf.Tensor): tf.Scalar {
  const smallest = tf.zerosLike(logScale).add<tf.Tensor1D>(logScale.min());
  return choose(isSent, logScale, smallest).max();
}
