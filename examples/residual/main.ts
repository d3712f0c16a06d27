import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import type {Examples} from '../data/dataset';
import {loadDigits} from '../data/digits';

const [runs = 'best', ...others] = process.argv.slice(2);
if (!['best', 'all'].includes(runs) || others.length > 0) {
  console.error(`residual: the arguments are ${process.argv.slice(2)}, expected none or "all".`);
  process.exit(1);
}
/** The rates of the lowest train loss, of those that `all` tries. */
const BEST = {DTP: [12], Adam: [3e-3]};
const blocks = 4;
const units = 48;

await tf.setBackend('wasm');
const {train, test} = loadDigits();
const imagesOf = ({pixels, count}: Examples) => tf.tensor2d(pixels, [count, 64]);
const labelsOf = ({labels}: Examples) => tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
const [images, labels] = [imagesOf(train), labelsOf(train)];
const unseen: [tf.Tensor, tf.Tensor] = [imagesOf(test), labelsOf(test)];

/** A residual network of stock layers: x ← x + W₂ relu(W₁ relu(x)) in every block. */
function residualNetwork(): tf.LayersModel {
  let seed = 0;
  const dense = (name: string, size: number, activation?: 'softmax') => {
    seed++;
    const kernelInitializer = tf.initializers.glorotUniform({seed});
    return tf.layers.dense({name, units: size, activation, kernelInitializer});
  };
  const relu = () => tf.layers.activation({activation: 'relu'});
  const image = tf.input({shape: [64]});
  let x = dense('stem', units).apply(image);
  for (let block = 1; block <= blocks; block++) {
    const inner = dense(`block${block}_inner`, units).apply(relu().apply(x));
    const outer = dense(`block${block}_outer`, units).apply(relu().apply(inner));
    x = tf.layers.add({name: `block${block}`}).apply([x, outer] as tf.SymbolicTensor[]);
  }
  const digit = dense('digit', 10, 'softmax').apply(relu().apply(x));
  return tf.model({inputs: image, outputs: digit as tf.SymbolicTensor});
}

/** Trains from the same weights as every other time, and prints the way. */
async function show(name: string, model: tf.LayersModel, optimizer: tf.Optimizer): Promise<void> {
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const {history} = await model.fit(images, labels, {
    epochs: 10,
    batchSize: 64,
    shuffle: false, // The images are shuffled already; so every run is the same.
    verbose: 0,
    validationData: unseen,
  });
  const last = (values: (number | tf.Tensor)[]) => Number(values.at(-1));
  const losses = [1, 2, 5, 10].map((epoch) => Number(history.loss[epoch - 1]).toPrecision(3));
  const accuracy = (100 * last(history.val_acc)).toFixed(1);
  console.log(`${name.padEnd(12)} ${losses.join('  ')}  ${accuracy} %`);
}

dtp.summary(dtp.convert(residualNetwork()));

console.log('Train loss of epochs 1, 2, 5 and 10, test accuracy of the last:');
const rates = runs === 'all' ? {DTP: [0.4, 1.3, 4, 12], Adam: [1e-3, 3e-3, 1e-2, 3e-2]} : BEST;
for (const learningRate of rates.DTP) {
  const optimizer = new dtp.DTPOptimizer({learningRate});
  await show(`DTP, ${learningRate}`, dtp.convert(residualNetwork()), optimizer);
}
for (const rate of rates.Adam) {
  await show(`Adam, ${rate}`, residualNetwork(), tf.train.adam(rate));
}
// Other ways to merge the targets that come back to a branch, at the default rate of DTP.
for (const branches of runs === 'all' ? (['convex', 'sum'] as const) : []) {
  const optimizer = new dtp.DTPOptimizer();
  await show(`DTP, ${branches}`, dtp.convert(residualNetwork(), {branches}), optimizer);
}
