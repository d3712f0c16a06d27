import * as tf from '@tensorflow/tfjs';
import {sharesOf} from '../influence/weigh';
import {type MergeName, merges} from '../merges/index';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import {quotient} from '../tensors/choose';
import {innerProducts, scaleExamples, squaredNorms} from '../tensors/per_example';
import {sumOf} from '../tensors/sum_of';
import {goesAsGradient} from './as_gradient';
import {toTape} from './tape_units';

/**
 * Turns the targets that came back over the arms of a branch into the one that goes further down.
 *
 *     d_A = Σ_i w_i d_i,   p_A = −d_A / (β B)                     (Bengio 2020, §10.3)
 *
 * Arms that lead nowhere have no target and take no part. With `feedback: 'gradient'` differences are
 * gradients, which add up. Where gradients are wanted below, d_A is made as large as one (`goesAsGradient`).
 *
 * @param arms All arms of the branch; at least one has a target.
 * @returns What the tape takes for the branch's input.
 */
export function mergeArms(step: TrainingStep, arms: TargetPoint[], merge: MergeName): tf.Tensor {
  const {feedback} = step.config;
  const reached = arms.filter(({difference}) => difference !== null);
  const differences = reached.map(({difference}) => difference as tf.Tensor);
  const influences = () => sharesOf(step, 'measured', reached, step.shares);
  return tf.tidy(() => {
    const weights = merges[feedback === 'gradient' ? 'sum' : merge](differences, influences);
    const merged = weighted(differences, tf.unstack(weights) as tf.Tensor1D[]);
    if (feedback === 'gradient') return toTape(step, step.own(merged));

    const sent = step.own(
      goesAsGradient(step, arms)
        ? scaleExamples(merged, influenceOver(influences(), differences, merged))
        : merged,
    );
    const squaredNorm = step.own(squaredNorms(sent).div(reached.length)) as tf.Tensor1D;
    for (const [i, arm] of reached.entries()) {
      const gain = step.own(quotient(innerProducts(differences[i], sent), squaredNorm));
      arm.passed = {squaredNorm, gain};
    }
    return toTape(step, sent);
  });
}

/** Σ_i w_i d_i. */
function weighted(differences: tf.Tensor[], weights: tf.Tensor1D[]): tf.Tensor {
  return tf.addN(differences.map((difference, i) => scaleExamples(difference, weights[i])));
}

/** s_A = Σ_i s_i ⟨d_i, d_A⟩ / ‖d_A‖² (see the influence `measured`), `[batch]`. */
function influenceOver(
  influences: tf.Tensor1D[],
  differences: tf.Tensor[],
  merged: tf.Tensor,
): tf.Tensor1D {
  const effects = influences.map((influence, i) =>
    influence.mul<tf.Tensor1D>(innerProducts(differences[i], merged)),
  );
  return quotient(sumOf(effects), squaredNorms(merged)).relu();
}
