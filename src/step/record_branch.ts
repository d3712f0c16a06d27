import * as tf from '@tensorflow/tfjs';
import {mergeArms} from '../targets/merge_arms';
import {fromTape} from '../targets/tape_units';
import {alias} from '../tensors/alias';
import {assertLinked} from './assert_linked';
import {type Branch, newPoint, type TargetPoint, type TrainingStep} from './training_step';

/**
 * Sends a tensor along several arms during a training step and notes them.
 *
 *     h_i = h_A,   y_i = σ(h_i)   for every arm i                     (Bengio 2020, §10.3)
 *
 * Every arm is one identity node of tfjs's tape over a common one. The tape adds up what comes back
 * to a tensor; so an arm keeps what arrives to itself, and the common node, which the tape visits
 * after all arms, sends the merged target down. Where the input is the very tensor that a paired layer
 * returned, the nodes hang on its pre-activation h_A, and the layers above are linked to it directly.
 * Otherwise σ is the identity, and targets are merged where the input lies.
 *
 * tfjs calls a layer once for each of its outputs that it fetches, and hands some to other layers and some
 * out of the model: all of them are the arms of the first call, or their targets would not meet.
 *
 * @param x The input of the branch, `[batch, ...]`.
 * @returns y_i, one of the same shape for each arm.
 */
export function recordBranch(step: TrainingStep, branch: Branch, x: tf.Tensor): tf.Tensor[] {
  const made = step.branched.get(branch) ?? new Map<number, tf.Tensor[]>();
  step.branched.set(branch, made);
  const known = made.get(x.id);
  // tfjs disposes early of what it tidies in a nested model.
  if (known?.every(({isDisposed}) => !isDisposed)) return known;
  const arms = armsOf(step, branch, x);
  made.set(x.id, arms);
  return arms;
}

function armsOf(step: TrainingStep, {branches, merge}: Branch, x: tf.Tensor): tf.Tensor[] {
  const producer = step.producers.get(x.id);
  // The record's copy of h_A: tfjs disposes of h_A itself early where it tidies a nested model.
  const value = producer?.record.output ?? x;
  const arms: TargetPoint[] = [];
  const identity = (passDown: (p: tf.Tensor) => tf.Tensor) =>
    tf.customGrad(() => ({
      value: alias(value),
      gradFunc: (p: tf.Tensor) => {
        if (step.backPropagated !== null) return p.clone();
        try {
          if (step.failure === null) {
            assertLinked(step, 'a branch');
            return passDown(p);
          }
        } catch (error) {
          // Thrown from here, it would leave the tape's own tensors behind.
          step.failure = error as Error;
        }
        return tf.zerosLike(p);
      },
    }));
  const common = identity(() => mergeArms(step, arms, merge))(producer?.tapeOutput ?? x);

  return Array.from({length: branches}, (_, i) => {
    const h = identity((p) => {
      arms[i].difference = fromTape(step, p);
      return tf.zerosLike(p);
    })(common);
    arms.push(newPoint(false, common, h));
    step.arms.push(arms[i]);
    if (producer === undefined) return h;
    const {record} = producer;
    const y = record.layer.activation.apply(h);
    step.producers.set(y.id, {tapeOutput: h, record});
    return y;
  });
}
