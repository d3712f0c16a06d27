import * as tf from '@tensorflow/tfjs';
import {sharesOf} from '../influence/weigh';
import {type MergeName, merges} from '../merges/index';
import {quotient} from '../step/choose';
import {innerProducts, scaleExamples, squaredNorms} from '../step/per_example';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import {toTape} from './tape_units';

/**
 * Turns the targets that came back over the arms of a branch into the one that goes further down.
 *
 *     d_A = Σ_i w_i d_i,   p_A = −d_A / (β B)                     (Bengio 2020, §10.3)
 *
 * Arms that lead nowhere have no target and take no part. With `feedback: 'gradient'` differences are
 * gradients, which add up.
 *
 * @param arms All arms of the branch; at least one has a target.
 * @returns What the tape takes for the branch's input.
 */
export function mergeArms(step: TrainingStep, arms: TargetPoint[], merge: MergeName): tf.Tensor {
  const {feedback} = step.config;
  const reached = arms.filter(({difference}) => difference !== null);
  const differences = reached.map(({difference}) => difference as tf.Tensor);
  return tf.tidy(() => {
    const weights = merges[feedback === 'gradient' ? 'sum' : merge](differences, () =>
      sharesOf(step, 'measured', reached),
    );
    const parts = tf
      .unstack(weights)
      .map((w, i) => scaleExamples(differences[i], w as tf.Tensor1D));
    const merged = step.own(tf.addN(parts));
    if (feedback !== 'gradient') {
      const squaredNorm = step.own(squaredNorms(merged).div(reached.length)) as tf.Tensor1D;
      for (const [i, arm] of reached.entries()) {
        const gain = step.own(quotient(innerProducts(differences[i], merged), squaredNorm));
        arm.passed = {squaredNorm, gain};
      }
    }
    return toTape(step, merged);
  });
}
