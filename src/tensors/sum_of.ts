import * as tf from '@tensorflow/tfjs';

/** Σ of some tensors of one shape; the tensor itself where there is one. For use within `tf.tidy`. */
export function sumOf<T extends tf.Tensor>(tensors: T[]): T {
  return tensors.length === 1 ? tensors[0] : tf.addN(tensors);
}
