import * as tf from '@tensorflow/tfjs';
import {readsAtOnce} from './reads_at_once';
import {total} from './total';

/**
 * The sums over all entries of some tensors, in one small read where reads wait: NaN or infinite where an
 * entry is, or where the sum is too large for a float32.
 */
export function sumsOf(tensors: tf.Tensor[]): number[] {
  if (tensors.length === 0) return [];
  return tf.tidy(() => {
    const sums = tensors.map((tensor) => (tensor.size === 1 ? tensor : total(tensor)));
    if (readsAtOnce()) return sums.map((sum) => sum.dataSync()[0]);
    return Array.from(tf.concat1d(sums.map((sum) => sum.as1D())).dataSync());
  });
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
