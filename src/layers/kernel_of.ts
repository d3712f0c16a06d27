import type * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from './paired_layer';

/** The kernel W of a layer, in its own shape. */
export function kernelOf(layer: PairedLayer): tf.Variable {
  return layer.parameters()[0].read() as tf.Variable;
}
