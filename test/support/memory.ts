import * as tf from '@tensorflow/tfjs';

/** What is held: tensors, and the data of the backend, which kernels make without tensors, too. */
export function memory() {
  return {tensors: tf.memory().numTensors, buffers: tf.engine().backend.numDataIds()};
}
