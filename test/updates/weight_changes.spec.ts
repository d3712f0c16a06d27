import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  sum,
  transposed,
} from '../support/float64';

const ROWS = 6;
const OUT = 3;
const DAMPING = 0.4;

onEveryBackend('a step of a layer', () => {
  for (const lacking of [1, 3, ROWS]) {
    it(`is damped by p^⅓ of the damping, where ${lacking} of ${ROWS} examples lack alike`, async () => {
      const x = randomMatrix(ROWS, 4, 1);
      const layer = dtp.layers.dense({units: OUT, useBias: false, inputShape: [4]});
      const model = tf.sequential({layers: [layer]});
      const update = {damping: DAMPING};
      const bounds = {decrease: null, noise: null};
      model.compile({
        optimizer: new dtp.DTPOptimizer({learningRate: 1, update, bounds}),
        loss: 'meanSquaredError',
      });
      const [before] = layer.getWeights().map((weight) => weight.arraySync() as Matrix);
      const missed = x.map((_, b) =>
        Array.from({length: OUT}, (_, i) => (b < lacking ? (-1) ** (b * i) : 0)),
      );
      await model.trainOnBatch(tf.tensor2d(x), tf.tensor2d(sum(product(x, before), missed)));

      // Of a mean over the outputs, −∂L_b/∂h = 2 (y − h) / n.
      const wanted = scaled(missed, 2 / OUT);
      const p = Math.min(1, ((1 + 2 / OUT) * lacking) / ROWS);
      const lambda = (DAMPING * Math.cbrt(p) * norm(x) ** 2) / ROWS;
      const damped = sum(product(x, transposed(x)), scaled(identity(ROWS), lambda));
      const change = product(transposed(x), inverse(damped), wanted);
      expectTensorsClose(layer.getWeights()[0].sub(before), change, 1e-4);
    });
  }
});
