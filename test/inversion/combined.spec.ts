import * as tf from '@tensorflow/tfjs';
import {type Inversion, inversions} from '../../src/inversion/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';
import {curvedPair, iterated} from './pairs';

// With an affine g the corrections of its input and of its output would be the same.
const pair = curvedPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
const f = (x: tf.Tensor) => pair.encode(x);
const g = (y: tf.Tensor) => pair.decode(y);
const {input, output, combined} = inversions as Record<string, Inversion>;
const combinedIterative = inversions['combined-iterative'];

onEveryBackend('combined', () => {
  for (const t of [0, 1, 3]) {
    it(`is g(τ) + g(u_t) − g(f(g(u_t))) with u_t = u + τ − f(g(u)): t = ${t}`, () => {
      const target = tf.tensor2d(randomMatrix(2, 3, 3)).mul(0.3);
      let u: tf.Tensor = target;
      for (let i = 0; i < t; i++) u = u.add(target).sub(f(g(u)));

      const expected = g(target)
        .add(g(u))
        .sub(g(f(g(u))));
      expectTensorsClose(iterated(combined, pair, target, t, null), expected, 1e-5);
    });

    it(`iterated starts the scheme of the output where that of the input ends: t = ${t}`, () => {
      const target = tf.tensor2d(randomMatrix(2, 3, 3)).mul(0.3);
      const x = iterated(input, pair, target, t, null);

      const expected = iterated(output, pair, target, t, {x, y: f(x)});
      const both = iterated(combinedIterative, pair, target, t, null);
      expectTensorsClose(both, expected, 1e-5);
    });
  }
});
