import * as tf from '@tensorflow/tfjs';
import {exactSigmoid, logOnePlus, oneMinusExp} from '../../src/activations/small_arguments';
import {onEveryBackend} from '../support/backends';
import {expectEntriesClose} from '../support/expect_tensors';

/** The arguments of 1 − e^−y are never negative. */
const positive = [1e-7, 1e-4, 0.002, 0.005, 0.01];
const negative = positive.map((y) => -y);

const functions = {
  '1 − e^−y': {own: oneMinusExp, exact: (y: number) => -Math.expm1(-y), at: positive},
  'log(1 + y)': {own: logOnePlus, exact: Math.log1p, at: [...negative, ...positive]},
  'sigmoid(y) − ½': {
    own: exactSigmoid,
    exact: (y: number) => Math.tanh(y / 2) / 2,
    at: [...negative, ...positive, 0.05, 0.1, 0.2],
  },
};

onEveryBackend('small arguments', () => {
  for (const [what, {own, exact, at}] of Object.entries(functions)) {
    it(`lose no digit of a float32 by cancellation: ${what}`, () => {
      const y = at.map(Math.fround);
      expectEntriesClose(own(tf.tensor1d(y)), y.map(exact), 4e-7);
    });
  }
});
