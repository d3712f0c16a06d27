import * as tf from '@tensorflow/tfjs';
import {withNoise} from '../../src/decoders/noise';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';

onEveryBackend('withNoise', () => {
  it('adds noise of a size relative to the root mean square of what it is added to', () => {
    const a = tf.tensor2d(randomMatrix(20, 5, 1)).mul(3);
    const drawn = tf.tensor2d(randomMatrix(20, 5, 2));
    const size = a.square().mean().sqrt();
    expectTensorsClose(withNoise(a, 0.5, () => drawn).sub(a), drawn.mul(size).mul(0.5), 1e-5);
  });
});
