import * as tf from '@tensorflow/tfjs';

/**
 * A layer class of TensorFlow.js by its class name.
 *
 * The classes are not exported; tfjs's own table for loading saved models has them.
 *
 * @throws Error if tfjs has no such class.
 */
export function stockClass<Class>(className: string): Class {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (entry === undefined) {
    throw new Error(
      `tfjs-dtp: TensorFlow.js ${tf.version.tfjs} has no layer class "${className}". ` +
        'Install @tensorflow/tfjs ^4.22 with its layers.',
    );
  }
  return entry[0] as unknown as Class;
}
