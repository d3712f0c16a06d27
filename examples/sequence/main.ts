import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import type {Examples} from '../data/dataset';
import {loadDigits} from '../data/digits';

const [runs = 'best', ...others] = process.argv.slice(2);
if (!['best', 'all'].includes(runs) || others.length > 0) {
  console.error(`sequence: the arguments are ${process.argv.slice(2)}, expected none or "all".`);
  process.exit(1);
}
/** The default rate of DTP, and Adam's of the lowest train loss, of those that `all` tries. */
const FEW = {DTP: [4], Adam: [1e-2]};

await tf.setBackend('wasm');
const {train, test} = loadDigits();
// An image is read row by row: a sequence of 8 vectors of 8 pixels.
const sequencesOf = ({pixels, count}: Examples) => tf.tensor3d(pixels, [count, 8, 8]);
const labelsOf = ({labels}: Examples) => tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
const [sequences, labels] = [sequencesOf(train), labelsOf(train)];
const unseen: [tf.Tensor, tf.Tensor] = [sequencesOf(test), labelsOf(test)];

/** Stock layers: dense over each row, an LSTM over the rows, dense over what it has read. */
function recurrentNetwork(): tf.LayersModel {
  const seeded = (seed: number) => tf.initializers.glorotUniform({seed});
  return tf.sequential({
    layers: [
      tf.layers.dense({
        name: 'row',
        units: 24,
        activation: 'relu',
        kernelInitializer: seeded(1),
        inputShape: [8, 8],
      }),
      tf.layers.dense({
        name: 'feature',
        units: 24,
        activation: 'relu',
        kernelInitializer: seeded(2),
      }),
      tf.layers.lstm({
        name: 'reader',
        units: 32,
        kernelInitializer: seeded(3),
        recurrentInitializer: seeded(4),
      }),
      tf.layers.dense({name: 'read', units: 32, activation: 'relu', kernelInitializer: seeded(5)}),
      tf.layers.dense({
        name: 'digit',
        units: 10,
        activation: 'softmax',
        kernelInitializer: seeded(6),
      }),
    ],
  });
}

async function show(name: string, model: tf.LayersModel, optimizer: tf.Optimizer): Promise<void> {
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const {history} = await model.fit(sequences, labels, {
    epochs: 10,
    batchSize: 64,
    shuffle: false, // The images are shuffled already; so every run is the same.
    verbose: 0,
    validationData: unseen,
  });
  const losses = [1, 2, 5, 10].map((epoch) => Number(history.loss[epoch - 1]).toPrecision(3));
  const accuracy = (100 * Number(history.val_acc.at(-1))).toFixed(1);
  console.log(`${name.padEnd(12)} ${losses.join('  ')}  ${accuracy} %`);
}

dtp.summary(dtp.convert(recurrentNetwork()));

console.log('Train loss of epochs 1, 2, 5 and 10, test accuracy of the last:');
const rates = runs === 'all' ? {DTP: [0.4, 1.3, 4, 12], Adam: [1e-3, 3e-3, 1e-2, 3e-2]} : FEW;
for (const rate of rates.Adam) {
  await show(`Adam, ${rate}`, recurrentNetwork(), tf.train.adam(rate));
}
for (const learningRate of rates.DTP) {
  // The LSTM's own optimizer is Adam at its best rate.
  const unpairedOptimizer = tf.train.adam(FEW.Adam[0]);
  const optimizer = new dtp.DTPOptimizer({learningRate, unpairedOptimizer});
  await show(`DTP, ${learningRate}`, dtp.convert(recurrentNetwork()), optimizer);
}
