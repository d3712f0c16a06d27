import type * as tf from '@tensorflow/tfjs';
import {ownWeights, weightsAsMade} from './own_weights';

/**
 * Gives the values of the weights of a layer, and whether they are trained, to a copy of it. Those
 * of a decoder go along where both have the same one.
 *
 * @throws Error that names the layer if the copy has other weights.
 */
export function copyWeights(who: string, layer: tf.layers.Layer, copy: tf.layers.Layer): void {
  const sameDecoder = decoderOf(layer) === decoderOf(copy);
  const [from, to] = [layer, copy].map(sameDecoder ? weightsAsMade : ownWeights);
  if (shapes(from) !== shapes(to)) {
    throw new Error(
      `${who}: the layer "${layer.name}" (${layer.getClassName()}) has weights of the shapes ` +
        `${shapes(from)}, but its copy ${shapes(to)}. The getConfig() of a class of your own must ` +
        'return all that its constructor takes.',
    );
  }
  for (const [i, weight] of from.entries()) {
    // Not by `write`, which would apply a constraint that training has not.
    (to[i].read() as tf.Variable).assign(weight.read());
    (to[i] as {trainable: boolean}).trainable = weight.trainable;
  }
}

/** The settings of a paired layer's decoder; undefined for any other layer. */
function decoderOf(layer: tf.layers.Layer): string | undefined {
  return JSON.stringify(layer.getConfig().decoder);
}

function shapes(weights: tf.LayerVariable[]): string {
  return JSON.stringify(weights.map(({shape}) => shape));
}
