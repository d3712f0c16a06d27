import * as tf from '@tensorflow/tfjs';
import {examplesAt} from '../../src/tensors/examples_at';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

// Where reading waits, nobody asks for some of the examples.
onEveryBackendButWebgl('examplesAt', () => {
  for (const shape of [[5], [5, 3], [5, 2, 3, 4]]) {
    it(`has those examples, as they are and in that order, of [${shape}]`, () => {
      const tensor = tf.randomNormal(shape, 0, 1, 'float32', 1);
      for (const indices of [[4], [0, 2, 3], [3, 1]]) {
        const expected = tensor.gather(tf.tensor1d(indices, 'int32'));
        expect(examplesAt(tensor, indices).shape).toEqual(expected.shape);
        expectTensorsClose(examplesAt(tensor, indices), expected, 0);
      }
    });
  }

  it('leaves no tensor behind', () => {
    const tensor = tf.ones([4, 2]);
    expect(tensorsLeftBy(() => examplesAt(tensor, [1, 3]))).toBe(0);
  });
});
