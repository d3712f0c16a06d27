import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import type {Examples} from '../data/dataset';
import {loadDigits} from '../data/digits';

await tf.setBackend('wasm');
const {train, test} = loadDigits();
const imagesOf = ({pixels, count}: Examples) => tf.tensor4d(pixels, [count, 8, 8, 1]);
const labelsOf = ({labels}: Examples) => tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
const [images, labels] = [imagesOf(train), labelsOf(train)];

// 1. A convolutional network as you may have it: stock layers.
const seeded = (seed: number) => tf.initializers.glorotUniform({seed});
const stock = tf.sequential({
  layers: [
    tf.layers.conv2d({
      filters: 16,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: seeded(1),
      inputShape: [8, 8, 1],
    }),
    tf.layers.maxPooling2d({poolSize: 2}),
    tf.layers.conv2d({
      filters: 32,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: seeded(2),
    }),
    tf.layers.flatten(),
    tf.layers.dense({units: 10, activation: 'softmax', kernelInitializer: seeded(3)}),
  ],
});

// 2. Stock TensorFlow.js cannot train it on wasm, which lacks the gradient of a convolution.
stock.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
try {
  await stock.fit(images, labels, {epochs: 1, batchSize: 64, verbose: 0});
  console.log('Adam trains this model on wasm: your TensorFlow.js is newer than ours.');
} catch (error) {
  console.log(`Adam cannot train this model on wasm: ${(error as Error).message.split('\n')[0]}`);
}

// 3. The same model, converted. What trains a kernel is a least-squares fit, not that gradient.
const model = dtp.convert(stock);
model.compile({
  optimizer: new dtp.DTPOptimizer(),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(images, labels, {
  epochs: 8,
  batchSize: 64,
  shuffle: false, // The images are shuffled already; so every run is the same.
  verbose: 0,
  validationData: [imagesOf(test), labelsOf(test)],
  callbacks: {
    onEpochEnd: (epoch, logs) => {
      const accuracy = (100 * Number(logs?.val_acc)).toFixed(1);
      const loss = Number(logs?.loss).toFixed(4);
      console.log(`epoch ${epoch + 1}: train loss ${loss}, test accuracy ${accuracy} %`);
    },
  },
});
