import type * as tf from '@tensorflow/tfjs';
import type {AutoEncoder} from './index';

/** g(y + e) − g(y), by the pair's own shortcut where it has one. */
export function decodeDifference(pair: AutoEncoder, y: tf.Tensor, e: tf.Tensor): tf.Tensor {
  return pair.decodeDifference === undefined
    ? pair.decode(y.add(e)).sub(pair.decode(y))
    : pair.decodeDifference(y, e);
}
