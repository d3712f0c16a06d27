import * as tf from '@tensorflow/tfjs';
import {clipNorm} from '../../src/updates/clip_norm';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

onEveryBackend('clipNorm', () => {
  // ‖(3, 0, 0, 4, 12)‖ = 13
  const changes = () => [
    tf.tensor2d([
      [3, 0],
      [0, 4],
    ]),
    tf.tensor1d([12]),
  ]; // prettier-ignore

  it('shortens all changes by one factor, to the limit for the norm of all together', () => {
    const [kernel, bias] = clipNorm(changes(), 6.5);
    expectTensorsClose(kernel, [
      [1.5, 0],
      [0, 2],
    ]); // prettier-ignore
    expectTensorsClose(bias, [6]);
  });

  it('leaves changes up to the limit exactly as they are', () => {
    for (const [i, change] of clipNorm(changes(), 13).entries()) {
      expectTensorsClose(change, changes()[i], 0);
    }
    for (const change of clipNorm([tf.zeros([2]), tf.zeros([3, 1])], 1e-3)) {
      expectTensorsClose(change, tf.zerosLike(change), 0);
    }
  });

  it('leaves no tensor behind, and takes no changes for an answer', () => {
    const lent = changes();
    expect(tensorsLeftBy(() => clipNorm(lent, 1))).toBe(0);
    expect(clipNorm([], 1)).toEqual([]);
  });
});
