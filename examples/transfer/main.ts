import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import type {Examples} from '../data/dataset';
import {loadDigits} from '../data/digits';

await tf.setBackend('wasm');
const {train, test} = loadDigits();
const seeded = (seed: number) => tf.initializers.glorotUniform({seed});

/** Images of the five digits from `first` on, at most `limit`, and which of the five each shows. */
function fiveDigits({pixels, labels}: Examples, first: number, limit = labels.length) {
  const isOfThem = (label: number) => label >= first && label < first + 5;
  const chosen = [...labels.keys()].filter((i) => isOfThem(labels[i])).slice(0, limit);
  const digits = chosen.map((i) => labels[i] - first);
  const images = chosen.flatMap((i) => [...pixels.subarray(64 * i, 64 * (i + 1))]);
  return {
    images: tf.tensor4d(images, [chosen.length, 8, 8, 1]),
    labels: tf.oneHot(tf.tensor1d(digits, 'int32'), 5),
  };
}
type Images = ReturnType<typeof fiveDigits>;

/** Reads features from an image, by two convolutions. */
function newBase(): tf.Sequential {
  const conv = (seed: number, filters: number, inputShape?: number[]) =>
    tf.layers.conv2d({
      name: `conv${seed}`,
      filters,
      kernelSize: 3,
      activation: 'relu',
      kernelInitializer: seeded(seed),
      inputShape,
    });
  return tf.sequential({
    name: 'base',
    layers: [conv(1, 8, [8, 8, 1]), conv(2, 16), tf.layers.flatten()],
  });
}

function dense(name: string, units: number, activation: 'relu' | 'softmax', seed: number) {
  return tf.layers.dense({name, units, activation, kernelInitializer: seeded(seed)});
}

async function fit(model: tf.LayersModel, {images, labels}: Images, epochs: number): Promise<void> {
  model.compile({
    optimizer: new dtp.DTPOptimizer(),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  // The images are shuffled already; without shuffling every run is the same.
  await model.fit(images, labels, {epochs, batchSize: 32, shuffle: false, verbose: 0});
}

function tested(model: tf.LayersModel, {images, labels}: Images): string {
  const [loss, accuracy] = model.evaluate(images, labels) as tf.Scalar[];
  const percent = (100 * accuracy.dataSync()[0]).toFixed(1);
  return `test loss ${loss.dataSync()[0].toFixed(3)}, accuracy ${percent} %`;
}

// 1. A base that has learned the digits 0 to 4; in the end stock layers, as if loaded from a file.
const digits0to4 = tf.sequential({layers: [newBase(), dense('digit', 5, 'softmax', 3)]});
const teacher = dtp.convert(digits0to4);
await fit(teacher, fiveDigits(train, 0), 8);
console.log(`Digits 0 to 4: ${tested(teacher, fiveDigits(test, 0))}`);
const base = dtp.revert(teacher).getLayer('base') as tf.Sequential;

// 2. A new head on the frozen base.
function withHead(base: tf.Sequential): tf.LayersModel {
  // TensorFlow.js trains a model that is the first layer of another whatever its own flag says.
  for (const layer of base.layers) layer.trainable = false;
  const head = [
    dense('head1', 32, 'relu', 4),
    dense('head2', 32, 'relu', 5),
    dense('digit', 5, 'softmax', 6),
  ];
  // Nothing below head1 is trained, so nothing there needs a target, and head1 no decoder.
  return dtp.convert(tf.sequential({layers: [base, ...head]}), {
    exclude: 'base',
    decoders: {head1: false},
  });
}

// 3. A hundred images of the digits 5 to 9 train the head.
const few = fiveDigits(train, 5, 100);
const unseen = fiveDigits(test, 5);
const model = withHead(base);
dtp.summary(model);
const weightsOfBase = () =>
  (model.getLayer('base') as tf.Sequential).getWeights().flatMap((w) => [...w.dataSync()]);
const before = weightsOfBase();
await fit(model, few, 20);
const changed = weightsOfBase().filter((weight, i) => weight !== before[i]).length;
console.log(`${changed} of the ${before.length} weights of the base have changed`);
console.log(`Digits 5 to 9: ${tested(model, unseen)}`);

// 4. Was it the base? The same head on a base that has learned nothing.
const control = withHead(newBase());
await fit(control, few, 20);
console.log(`On random features: ${tested(control, unseen)}`);
