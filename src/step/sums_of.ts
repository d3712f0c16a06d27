import * as tf from '@tensorflow/tfjs';

/**
 * The sums over all entries of some tensors, in one small read: NaN or infinite where an
 * entry is, or where the sum is too large for a float32.
 */
export function sumsOf(tensors: tf.Tensor[]): number[] {
  if (tensors.length === 0) return [];
  const sums = tf.tidy(() => {
    const each = tensors.map((tensor) => (tensor.size === 1 ? tensor : tensor.sum()).as1D());
    return tf.concat1d(each).dataSync();
  });
  return Array.from(sums);
}

/** `sumsOf` of several lists of tensors, all in one read. */
export function sumsOfEach<Name extends string>(
  lists: Record<Name, tf.Tensor[]>,
): Record<Name, number[]> {
  const names = Object.keys(lists) as Name[];
  const sums = sumsOf(names.flatMap((name) => lists[name]));
  const read = names.map((name) => [name, sums.splice(0, lists[name].length)]);
  return Object.fromEntries(read) as Record<Name, number[]>;
}
