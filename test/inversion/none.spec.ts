import * as tf from '@tensorflow/tfjs';
import {none} from '../../src/inversion/none';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';
import {iterated, tanhPair} from './pairs';

onEveryBackend('none', () => {
  it('is g(τ), from wherever it starts and however often it is asked to iterate', () => {
    const pair = tanhPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
    const target = tf.tensor2d(randomMatrix(2, 3, 3));
    const x = tf.tensor2d(randomMatrix(2, 4, 4));
    const start = {x, y: pair.encode(x)};

    for (const iterations of [0, 1, 5]) {
      for (const from of [null, start]) {
        expectTensorsClose(iterated(none, pair, target, iterations, from), pair.decode(target), 0);
      }
    }
  });
});
