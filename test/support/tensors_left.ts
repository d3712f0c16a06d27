import * as tf from '@tensorflow/tfjs';

/**
 * Runs a body, disposes what it returns, and says how many tensors there are more than before.
 *
 *     expect(tensorsLeftBy(() => example(rows))).toBe(0);
 *
 * Above 0 the body leaks; below 0 it disposed, or returned, a tensor that it was only lent.
 */
export function tensorsLeftBy(body: () => object | null | undefined): number {
  const before = tf.memory().numTensors;
  tf.dispose((body() ?? []) as tf.TensorContainer);
  return tf.memory().numTensors - before;
}
