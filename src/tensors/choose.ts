import * as tf from '@tensorflow/tfjs';
import {readsAtOnce} from './reads_at_once';

/**
 * For every entry the one or the other, all of one shape.
 *
 * The kernel that `tf.where` ends in; on its way there it copies each of the three on wasm.
 *
 * @param condition Booleans.
 */
export function choose<T extends tf.Tensor>(condition: tf.Tensor, one: T, other: T): T {
  return tf.engine().runKernel(tf.Select, {condition, t: one, e: other}) as T;
}

/** For every example the one or the other: `[batch]` chooses from `[batch, ...]`. */
export function chooseExamples<T extends tf.Tensor>(condition: tf.Tensor1D, one: T, other: T): T {
  return tf.tidy(() => {
    // In memory, tfjs 4.22 takes such a condition for one of the single entries.
    if (!readsAtOnce()) return choose(condition, one, other);
    const perExample = condition.toFloat().reshape([-1, ...one.shape.slice(1).map(() => 1)]);
    // Repeated by a product: on wasm a tile is far slower.
    return choose(tf.onesLike(one).mul(perExample).toBool(), one, other);
  });
}

/**
 * Whether a condition is known to hold everywhere: it is looked at where a look waits for nothing, and
 * spares what would choose by it.
 */
export function surelyHolds(condition: tf.Tensor): boolean {
  return readsAtOnce() && condition.dataSync().every((entry) => entry === 1);
}

/** a / b, and 0 where b is 0: `divNoNan` of equal shapes, in a third of its kernels. */
export function quotient<T extends tf.Tensor>(a: T, b: T): T {
  return tf.tidy(() => choose(b.equal(0), b, a.div(b)));
}
