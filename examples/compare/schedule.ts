import type * as tf from '@tensorflow/tfjs';

/**
 * The learning rate over a training of T steps, as a multiple of the rate that it begins with.
 *
 *     constant   1
 *     cosine     (1 + cos(π t / T)) / 2                          (Loshchilov and Hutter 2017)
 */
export const schedules = {
  constant: (_progress: number) => 1,
  cosine: (progress: number) => (1 + Math.cos(Math.PI * progress)) / 2,
};

export type Schedule = keyof typeof schedules;

/** Has an optimizer change its rate before each of its steps. */
export function follow(
  schedule: Schedule,
  optimizer: tf.Optimizer,
  rate: number,
  steps: number,
): void {
  if (schedule === 'constant') return;
  const minimize = optimizer.minimize;
  let step = 0;
  optimizer.minimize = (...args: Parameters<typeof minimize>) => {
    setRate(optimizer, rate * schedules[schedule](step++ / steps));
    return minimize.apply(optimizer, args);
  };
}

/** Only some of tfjs's optimizers have a method for it; the others read their field in every step. */
function setRate(optimizer: tf.Optimizer, learningRate: number): void {
  if ('setLearningRate' in optimizer) (optimizer as tf.SGDOptimizer).setLearningRate(learningRate);
  else Object.assign(optimizer, {learningRate});
}
