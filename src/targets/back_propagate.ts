import * as tf from '@tensorflow/tfjs';
import {runningTape} from '../step/link_records';
import type {LayerRecord, TrainingStep} from '../step/training_step';

/**
 * Carries a gradient down the tape of the forward pass by ordinary back-propagation: through the
 * transposed weights of paired layers, not through their decoders.
 *
 *     p_l = (∂y/∂h_l)ᵀ p
 *
 * For use within `offTape`, while the tape is held; it stays as it is for the way down of targets.
 *
 * @param y A tensor on the tape.
 * @param p Of y's shape; null for 1.
 * @param visit Is shown p_l, which is only lent, of every call that has something trained at or
 * below it, from the top.
 */
export function backPropagate(
  step: TrainingStep,
  y: tf.Tensor,
  p: tf.Tensor | null,
  visit: (record: LayerRecord, p: tf.Tensor) => void,
): void {
  step.backPropagated = visit;
  try {
    const variables = [step.anchor, ...step.trained];
    tf.tidy(() => void tf.engine().gradients(() => y, variables, p ?? undefined, true));
  } finally {
    step.backPropagated = null;
  }
}

/** The tensor of an id on the running tape; its values may be disposed of by now. */
export function onTape(id: number): tf.Tensor {
  const outputs = runningTape().flatMap((operation) => operation.outputs);
  return outputs.find((output) => output.id === id) as tf.Tensor;
}

/**
 * Runs `body` while a forward pass is being taped, without its operations becoming a part of it.
 *
 * tfjs tapes nothing that runs inside an operation; this is an operation that leads nowhere.
 */
export function offTape(body: () => void): void {
  tf.customGrad(() => {
    body();
    return {value: tf.scalar(0), gradFunc: () => []};
  })();
}
