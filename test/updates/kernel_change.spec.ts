import * as tf from '@tensorflow/tfjs';
import {kernelChange} from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {product, randomMatrix, scaled} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

const transposed = randomMatrix(5, 3, 1);
const coefficients = randomMatrix(3, 4, 2);
const change = product(transposed, coefficients);

onEveryBackend('kernelChange', () => {
  for (const part of [0, 0.3, 1]) {
    it(`takes ${part} of a change, multiplied out or not, and borrows what makes it`, () => {
      tf.tidy(() => {
        const factors = {
          transposed: tf.tensor2d(transposed),
          coefficients: tf.tensor2d(coefficients),
        };
        for (const kernel of [factors, tf.tensor2d(change)]) {
          expectTensorsClose(kernelChange(kernel, part), scaled(change, part), 1e-6);
          expect(tensorsLeftBy(() => kernelChange(kernel, part))).toBe(0);
          // A second time, after the first result is gone.
          expectTensorsClose(kernelChange(kernel, part), scaled(change, part), 1e-6);
        }
      });
    });
  }
});
