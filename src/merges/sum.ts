import * as tf from '@tensorflow/tfjs';
import type {Merge} from './index';

/**
 * Adds the differences up as they are.
 *
 *     w_i = 1
 *
 * Right for gradients. Of k targets, each of which would do alone, it makes k times the change.
 */
export const sum: Merge = (differences) => tf.ones([differences.length, differences[0].shape[0]]);
