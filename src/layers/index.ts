import * as tf from '@tensorflow/tfjs';
import {DTPDense, type DTPDenseArgs} from './dense';

/** The paired layer classes; `tf.loadLayersModel` finds them by their class names. */
const classes = {DTPDense};

for (const layerClass of Object.values(classes)) tf.serialization.registerClass(layerClass);

/** Layers paired with a learned inverse: tfjs's own arguments, and `decoder`. */
export const layers = {
  /**
   * A dense layer with a learned inverse: {@link DTPDense}.
   *
   * @example
   * dtp.layers.dense({units: 10, activation: 'softmax'})
   */
  dense: (args: DTPDenseArgs) => new DTPDense(args),
};
