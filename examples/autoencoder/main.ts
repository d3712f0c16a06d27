import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import {loadDigits} from '../data/digits';

const epochs = 20;

await tf.setBackend('wasm');
const {train, test} = loadDigits();
const images = tf.tensor2d(train.pixels, [train.count, 64]);
const unseen = tf.tensor2d(test.pixels, [test.count, 64]);

type Dense = (args: dtp.DTPDenseArgs) => tf.layers.Layer;

/** 64 pixels through 8 tanh units and back, from the same weights whatever the kind of layer. */
function autoencoder(dense: Dense): tf.LayersModel {
  const kernelInitializer = (seed: number) => tf.initializers.glorotUniform({seed});
  const hidden = (units: number, seed: number): dtp.DTPDenseArgs => ({
    units,
    activation: 'tanh',
    kernelInitializer: kernelInitializer(seed),
  });
  return tf.sequential({
    layers: [
      dense({...hidden(32, 1), inputShape: [64], decoder: false}),
      dense(hidden(8, 2)),
      dense(hidden(32, 3)),
      dense({units: 64, kernelInitializer: kernelInitializer(4)}),
    ],
  });
}

/** Trains with a rate that falls to 0, and prints the mean squared error of a pixel on the way. */
async function show(
  name: string,
  model: tf.LayersModel,
  optimizer: tf.Optimizer,
  setRate: (part: number) => void,
): Promise<void> {
  console.log(name);
  model.compile({optimizer, loss: 'meanSquaredError'});
  await model.fit(images, images, {
    epochs,
    batchSize: 64,
    shuffle: false, // The images are shuffled already; so every run is the same.
    verbose: 0,
    validationData: [unseen, unseen],
    callbacks: {
      onEpochBegin: (epoch) => setRate(1 - epoch / epochs),
      onEpochEnd: (index, logs) => {
        const epoch = index + 1;
        if (epoch !== 1 && epoch % 10 !== 0) return;
        const [loss, test] = [logs?.loss, logs?.val_loss].map((value) => Number(value).toFixed(4));
        console.log(`  epoch ${String(epoch).padStart(2)}: train ${loss}, test ${test}`);
      },
    },
  });
}

// By default the rate is Polyak's of the first mini-batch, and stays.
const byDefault = new dtp.DTPOptimizer();
await show('DTP, default', autoencoder(dtp.layers.dense), byDefault, () => {});
console.log(`  at a rate of ${byDefault.learningRate.toFixed(1)}`);

// The loss is a mean over 64 pixels, a rate is in units of the loss: hence those far above 1.
for (const rate of [10, 30, 100]) {
  const optimizer = new dtp.DTPOptimizer();
  await show(`DTP, rate ${rate}`, autoencoder(dtp.layers.dense), optimizer, (part) =>
    optimizer.setLearningRate(rate * part),
  );
}

for (const rate of [3e-3, 1e-2, 3e-2]) {
  const adam = tf.train.adam(rate);
  const stock = autoencoder(({decoder: _, ...args}) => tf.layers.dense(args));
  // TensorFlow.js has no public way to change the rate of Adam.
  await show(`Adam, rate ${rate}`, stock, adam, (part) =>
    Object.assign(adam, {learningRate: rate * part}),
  );
}
