import * as tf from '@tensorflow/tfjs';
import {type Inversion, inversions} from '../../src/inversion/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix, scaled} from '../support/float64';
import {iterated, tanhPair} from './pairs';

const pair = tanhPair(randomMatrix(4, 3, 1), scaled(randomMatrix(3, 4, 2), 0.3));
const {output} = inversions as Record<string, Inversion>;

/** To how many iterations of `output` t iterations of a scheme amount. */
const equivalents: Record<string, (t: number) => number> = {
  input: (t) => t,
  combined: (t) => t + 1,
  'combined-iterative': (t) => 2 * t,
};

onEveryBackend('With an affine decoder', () => {
  for (const [name, count] of Object.entries(equivalents)) {
    for (const start of ['the activation', 'the decoder']) {
      for (const t of [1, 3]) {
        it(`${t} of ${name} are ${count(t)} of output, from ${start}`, () => {
          const target = tf.tensor2d(scaled(randomMatrix(2, 3, 3), 0.5));
          const x = tf.tensor2d(randomMatrix(2, 4, 4));
          const from = start === 'the decoder' ? null : {x, y: pair.encode(x)};

          const scheme = (inversions as Record<string, Inversion>)[name];
          const expected = iterated(output, pair, target, count(t), from);
          expectTensorsClose(iterated(scheme, pair, target, t, from), expected, 1e-5);
        });
      }
    }
  }
});
