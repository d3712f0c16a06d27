import * as tf from '@tensorflow/tfjs';

/** Whether tensors are in memory, so that reading one neither waits nor copies from a device. */
export function readsAtOnce(): boolean {
  return tf.getBackend() === 'cpu' || tf.getBackend() === 'wasm';
}
