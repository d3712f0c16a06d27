/**
 * From training to deployment: converts a model, trains it on handwritten digits, reverts it, saves it,
 * and has it used by a program that has only TensorFlow.js.
 *
 *     npx tsx examples/deployment/main.ts [FOLDER]
 */
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import {assertWritable} from '../compare/output_file';
import type {Dataset, Examples} from '../data/dataset';
import {loadDigits} from '../data/digits';
import {InputError} from '../input_error';
import {modelFolder} from './model_folder';

const EPOCHS = 8;

async function main([folder = 'out/deployment', ...others]: string[]): Promise<void> {
  if (folder.startsWith('-') || others.length > 0) {
    throw new InputError(
      `the arguments are ${[folder, ...others].join(' ')}, expected none or a folder to write.`,
    );
  }
  assertWritable('FOLDER', join(folder, 'model.json'));
  await tf.setBackend('wasm');
  const digits = loadDigits();

  const model = dtp.convert(stockModel(digits));
  dtp.summary(model);
  await train(model, digits);

  const plain = dtp.revert(model);
  await plain.save(modelFolder(folder));
  console.log(`Saved stock layers in ${folder}: ${classesOf(plain)}.`);

  const images = imagesOf(digits.test, digits);
  const here = (model.predict(images) as tf.Tensor2D).arraySync();
  const there = predictElsewhere(folder, images.arraySync());
  console.log(`Largest difference of a probability there and here: ${difference(there, here)}`);
  console.log(`Test accuracy there: ${(100 * accuracy(there, digits.test)).toFixed(1)} %`);
}

/** A stock model with a skip connection; nothing in it knows of target propagation. */
function stockModel({features, classes}: Dataset): tf.LayersModel {
  const relu = (name: string) => tf.layers.dense({units: 48, activation: 'relu', name});
  const image = tf.input({shape: [features], name: 'image'});
  const first = relu('first').apply(image) as tf.SymbolicTensor;
  const second = relu('second').apply(first) as tf.SymbolicTensor;
  const sum = tf.layers.add({name: 'skip'}).apply([first, second]);
  const digit = tf.layers.dense({units: classes, activation: 'softmax', name: 'digit'}).apply(sum);
  return tf.model({inputs: image, outputs: digit as tf.SymbolicTensor});
}

async function train(model: tf.LayersModel, digits: Dataset): Promise<void> {
  const images = imagesOf(digits.train, digits);
  const labels = tf.oneHot(tf.tensor1d(digits.train.labels, 'int32'), digits.classes);
  model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'categoricalCrossentropy'});
  const {history} = await model.fit(images, labels, {epochs: EPOCHS, batchSize: 64, verbose: 0});
  const losses = history.loss.map((loss) => (loss as number).toFixed(4));
  console.log(`Train loss by epoch: ${losses.join(' ')}`);
}

function imagesOf({pixels, count}: Examples, {features}: Dataset): tf.Tensor2D {
  return tf.tensor2d(pixels, [count, features]);
}

/** The probabilities that another program finds, with the model in a folder. */
function predictElsewhere(folder: string, images: number[][]): number[][] {
  const program = fileURLToPath(new URL('predict.ts', import.meta.url));
  const args = ['--import', 'tsx', program, folder];
  const printed = execFileSync(process.execPath, args, {input: JSON.stringify(images)});
  return JSON.parse(printed.toString('utf8').trim().split('\n').at(-1) as string);
}

function classesOf(model: tf.LayersModel): string {
  return [...new Set(model.layers.map((layer) => layer.getClassName()))].join(', ');
}

function difference(a: number[][], b: number[][]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i][j]))));
}

function accuracy(probabilities: number[][], {labels}: Examples): number {
  const right = probabilities.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]);
  return right.length / probabilities.length;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof InputError ? `deployment: ${error.message}` : error);
  process.exitCode = 1;
});
