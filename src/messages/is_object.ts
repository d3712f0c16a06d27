import * as tf from '@tensorflow/tfjs';

/** Not `instanceof Object`, which an object of another window or context is not. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether a user gave an optimizer, not what one is made of. */
export function isOptimizer(value: unknown): value is tf.Optimizer {
  return isObject(value) && value instanceof tf.Optimizer;
}
