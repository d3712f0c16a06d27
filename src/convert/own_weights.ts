import type * as tf from '@tensorflow/tfjs';
import {isPaired} from './pairs';

/** The weights of a layer, without those of a decoder, as `weightsAsMade`. */
export function ownWeights(layer: tf.layers.Layer): tf.LayerVariable[] {
  const weights = weightsAsMade(layer);
  return isPaired(layer)
    ? weights.filter(({originalName}) => !/(^|[/_])decoder_[^/]*$/.test(originalName))
    : weights;
}

/**
 * The weights in the order in which the layer made them; `weights` has the frozen ones at the end.
 */
export function weightsAsMade(layer: tf.layers.Layer): tf.LayerVariable[] {
  return [...layer.weights].sort((a, b) => a.id - b.id);
}
