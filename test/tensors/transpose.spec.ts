import * as tf from '@tensorflow/tfjs';
import {transpose} from '../../src/tensors/transpose';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix, transposed} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

onEveryBackend('transpose', () => {
  it('makes row i column i', () => {
    const a = randomMatrix(3, 5, 1);

    expectTensorsClose(transpose(tf.tensor2d(a)), transposed(a), 1e-6);
  });

  it('returns a tensor of its own, also of a single row or column', () => {
    for (const shape of [
      [2, 3],
      [1, 3],
      [3, 1],
      [1, 1],
    ] as Array<[number, number]>) {
      const a = tf.ones(shape) as tf.Tensor2D;

      expect(tensorsLeftBy(() => transpose(a))).toBe(0);
    }
  });
});
