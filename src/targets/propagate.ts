import * as tf from '@tensorflow/tfjs';
import {show} from '../messages/show';
import {linkRecords, runningTape} from '../step/link_records';
import {NonFiniteError} from '../step/non_finite_error';
import type {TrainingStep} from '../step/training_step';
import {sumsOf} from '../tensors/sums_of';
import {offTape} from './back_propagate';

/** What one forward and backward pass gives besides the targets, which the records have. */
export interface Propagation {
  loss: tf.Scalar;
  /** By variable name: what reached a variable as an ordinary gradient, or null. */
  gradients: {[name: string]: tf.Tensor | null};
}

/**
 * Runs the loss function once, then carries targets from the output down through the paired layers.
 *
 * The pass down rides tfjs's own backward pass, in which every call of a paired layer is one node
 * (see `recordCall`, `passDown`).                              (Bengio 2020, §9, Algorithm)
 *
 * @param lossFunction Called exactly once.
 * @returns Tensors of the step's.
 * @throws Error if no paired layer takes part, if the loss depends on no trained weight, or what the loss function
 * throws; TypeError if it does not return a scalar; NonFiniteError if that is not finite.
 */
export function propagate(step: TrainingStep, lossFunction: () => tf.Scalar): Propagation {
  const {value, grads} = tf.variableGrads(() => {
    let loss: tf.Scalar = step.anchor.mul(0);
    try {
      const returned: unknown = lossFunction();
      assertScalar(returned);
      loss = returned;
      if (step.records.length === 0) throw new Error(NO_PAIRED_LAYER);
      if (!linkRecords(step, runningTape(), loss)) throw new Error(NOTHING_TRAINED);
      assertFiniteLoss(step, loss);
      if (step.observers.length > 0) {
        offTape(() => {
          for (const observer of step.observers) observer.recorded(step, loss);
        });
      }
    } catch (error) {
      // Thrown from here, it would leave the tape's own tensors behind, as would a loss that nothing leads to.
      step.failure ??= error as Error;
      loss = step.anchor.mul(0);
    }
    return loss;
  }, [step.anchor, ...step.trained]);
  for (const tensor of [value, ...Object.values(grads)]) if (tensor != null) step.own(tensor);
  if (step.failure !== null) throw step.failure;
  delete grads[step.anchor.name];
  return {loss: value, gradients: grads};
}

const NO_PAIRED_LAYER =
  'DTPOptimizer: the model has no paired layer, expected at least one through which the loss is ' +
  'computed. Convert it, model = dtp.convert(model), or build it with dtp.layers.dense(...) in place ' +
  'of tf.layers.dense(...).';

const NOTHING_TRAINED =
  'DTPOptimizer: the loss does not depend on any weight that is trained, expected at least one. Thaw a layer ' +
  '(layer.trainable = true, then compile again), and use operations of TensorFlow.js from the weights to the ' +
  'loss: what was read by dataSync(), or comes from tf.grad, has no way back.';

function assertScalar(loss: unknown): asserts loss is tf.Scalar {
  if (loss instanceof tf.Tensor && loss.rank === 0) return;
  const given = loss instanceof tf.Tensor ? `a tensor of shape [${loss.shape}]` : show(loss);
  throw new TypeError(
    `DTPOptimizer: the loss function returned ${given}, expected a scalar, the mean loss of the examples. ` +
      'End it with .mean(), and do not make it async.',
  );
}

function assertFiniteLoss({records}: TrainingStep, loss: tf.Scalar): void {
  const [value] = loss.dataSync();
  if (Number.isFinite(value)) return;
  const tensors = records.flatMap(({input, output}) => [input, output]);
  const first = sumsOf(tensors).findIndex((sum) => !Number.isFinite(sum));
  const part = first % 2 === 0 ? 'input' : 'output';
  throw new NonFiniteError(
    first === -1
      ? `the loss is ${value}, while every layer's output is finite`
      : `the loss is ${value}; it begins in the ${part} of layer "${records[first >> 1].layer.name}"`,
  );
}
