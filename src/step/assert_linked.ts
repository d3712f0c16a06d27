import type {TrainingStep} from './training_step';

/**
 * Throws where a gradient is asked for while the loss function still runs.
 *
 * @param what What it is to come through.
 */
export function assertLinked({isLinked}: TrainingStep, what: string): void {
  if (isLinked) return;
  throw new Error(
    `DTPOptimizer: the loss function takes a gradient through ${what} itself (tf.grad, as of a gradient ` +
      'penalty), expected none: target propagation carries targets there, which are not gradients, and once. ' +
      'Leave that term out, or train this model by another optimizer.',
  );
}
