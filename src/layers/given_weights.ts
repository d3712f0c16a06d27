import type * as tf from '@tensorflow/tfjs';

/**
 * Gives a stock layer that was just built the weights of its argument `weights`, before it gets a decoder.
 *
 * tfjs does so once a layer is built, and then expects those of the decoder, too. A list that has
 * another length is left to it.
 *
 * @throws Error if tfjs rejects the shape of one.
 */
export function takeGivenWeights(layer: tf.layers.Layer): void {
  const {initialWeights: given} = layer as {initialWeights: tf.Tensor[] | null};
  if (given === null || given.length !== layer.weights.length) return;
  layer.setWeights(given);
  (layer as {initialWeights: tf.Tensor[] | null}).initialWeights = null;
}
