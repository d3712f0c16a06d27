/**
 * Names the digits in images, with nothing but TensorFlow.js.
 *
 *     npx tsx examples/deployment/predict.ts MODEL_FOLDER < images.json
 *
 * Reads an array of images, 64 numbers each, and prints the ten probabilities of each.
 */
import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {InputError} from '../input_error';
import {modelFolder} from './model_folder';

async function main([folder]: string[]): Promise<void> {
  if (folder === undefined) {
    throw new InputError('no folder is given. Give the folder of a model as the first argument.');
  }
  await tf.setBackend('wasm');
  const model = await tf.loadLayersModel(modelFolder(folder));
  const images = tf.tensor2d(JSON.parse(readFileSync(0, 'utf8')));
  console.log(JSON.stringify((model.predict(images) as tf.Tensor2D).arraySync()));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof InputError ? `predict: ${error.message}` : error);
  process.exitCode = 1;
});
