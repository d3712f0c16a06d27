import * as tf from '@tensorflow/tfjs';
import {leftOut} from '../layers/left_out';
import {stockOf} from './pairs';

/** What a layer is made from: the name that its class is registered by, and its configuration. */
export interface Description {
  className: string;
  config: tf.serialization.ConfigDict;
}

/** A layer as it is. */
export function described(layer: tf.layers.Layer): Description {
  const className = layer.getClassName();
  return {className, config: {...layer.getConfig(), ...leftOut(className, layer)}};
}

/**
 * Makes a layer from a description of one.
 *
 * @throws Error that names the layer, its class and what to do, if the class is not registered or
 * does not take the configuration.
 */
export function copyLayer(
  who: string,
  layer: tf.layers.Layer,
  {className, config}: Description,
): tf.layers.Layer {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (entry === undefined) {
    const name = className ?? layer.constructor.name;
    throw new Error(
      `${who}: the layer "${layer.name}" is of the class ${name}, which TensorFlow.js cannot find. ` +
        `Give it "static className = '${name}'" and call tf.serialization.registerClass(${name}), ` +
        'as for saving and loading a model.',
    );
  }
  const [layerClass, fromConfig] = entry;
  const isPaired = stockOf(className) !== undefined;
  try {
    const copy = fromConfig(layerClass as never, config) as tf.layers.Layer;
    // Its weights are overwritten. Those of a decoder may not be, and count from where they start.
    copy.setFastWeightInitDuringBuild(!isPaired);
    return copy;
  } catch (error) {
    throw new Error(
      `${who}: the layer "${layer.name}" cannot be made as a ${className}: ` +
        `${(error as Error).message} ${isPaired ? PAIRED_ADVICE : OWN_ADVICE}`,
      {cause: error},
    );
  }
}

const PAIRED_ADVICE = 'Give it other settings of the decoder, or exclude it.';
const OWN_ADVICE =
  'The getConfig() of a class of your own must return all that its constructor takes.';
