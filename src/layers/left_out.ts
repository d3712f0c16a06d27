import type * as tf from '@tensorflow/tfjs';

/**
 * What tfjs 4.22 leaves out of the configuration of a layer, or has wrong in it, so that a copy would read
 * its input in another way, have other weights, or hold them to another constraint.
 *
 * @param stock The layer's class, or the stock class that it is paired from.
 */
export function leftOut(stock: string, layer: tf.layers.Layer): tf.serialization.ConfigDict {
  return Object.hasOwn(fields, stock) ? fields[stock](layer as unknown as Fields) : {};
}

const fields: Record<string, (layer: Fields) => tf.serialization.ConfigDict> = {
  AlphaDropout: ({noiseShape}) => ({noiseShape}),
  Conv1D: ({dataFormat}) => ({dataFormat}),
  // tfjs puts the regulariser in its place.
  DepthwiseConv2D: ({depthwiseConstraint}) => ({
    depthwiseConstraint: serialized(depthwiseConstraint),
  }),
  SeparableConv2D: ({depthMultiplier}) => ({depthMultiplier}),
};

/** What tfjs's layers have, beyond their public declarations. */
interface Fields {
  noiseShape: number[];
  dataFormat: string;
  depthMultiplier: number;
  depthwiseConstraint?: tf.serialization.Serializable | null;
}

function serialized(object?: tf.serialization.Serializable | null) {
  return object == null ? null : {className: object.getClassName(), config: object.getConfig()};
}
