import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';

await tf.setBackend('wasm');

// 1. A table: speed, angle and height of a throw, and how far it went.
const file = readFileSync(new URL('throws.csv', import.meta.url), 'utf8');
const rows = file
  .trim()
  .split('\n')
  .slice(1) // The names of the columns.
  .map((line) => line.split(',').map(Number));
const table = tf.tensor2d(rows);
const inputs = table.slice([0, 0], [-1, 3]);
const ranges = table.slice([0, 3], [-1, 1]);

// 2. Columns of mean 0 and variance 1: layers learn best from inputs of one size.
const {mean, variance} = tf.moments(inputs, 0);
const standardised = (x: tf.Tensor) => x.sub(mean).div(variance.sqrt());

// 3. A model of paired layers. The first is fed by the data, so that it needs no decoder.
const model = tf.sequential({
  layers: [
    dtp.layers.dense({units: 32, activation: 'tanh', inputShape: [3], decoder: false}),
    dtp.layers.dense({units: 32, activation: 'tanh'}),
    dtp.layers.dense({units: 1}),
  ],
});

// 4. Training, as with any optimizer of TensorFlow.js. The last fifth of the rows only judges.
const optimizer = new dtp.DTPOptimizer();
model.compile({optimizer, loss: 'meanSquaredError', metrics: ['mae']});
await model.fit(standardised(inputs), ranges, {
  epochs: 60,
  batchSize: 32,
  validationSplit: 0.2,
  verbose: 0,
  callbacks: {
    onEpochEnd: (epoch, logs) => {
      if ((epoch + 1) % 10 !== 0) return;
      const error = Number(logs?.val_mae).toFixed(2);
      console.log(`epoch ${epoch + 1}: off by ${error} m on throws it has not seen`);
    },
  },
});

// 5. Prediction, for a throw that is not in the table: 12 m/s at 45° from 1.5 m.
const prediction = model.predict(standardised(tf.tensor2d([[12, 45, 1.5]]))) as tf.Tensor;
const [metres] = await prediction.data();
console.log(`12 m/s at 45° from 1.5 m: ${metres.toFixed(1)} m; by the formula 16.1 m`);
