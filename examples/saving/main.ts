import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as dtp from 'tfjs-dtp';
import {loadDigits} from '../data/digits';
import {savedRun} from './saved_run';

await tf.setBackend('wasm');
const {train} = loadDigits();
const x = tf.tensor2d(train.pixels, [train.count, 64]);
const y = tf.oneHot(tf.tensor1d(train.labels, 'int32'), 10);

const model = tf.sequential({
  layers: [
    dtp.layers.dense({units: 64, activation: 'relu', inputShape: [64], decoder: false}),
    dtp.layers.dense({units: 64, activation: 'relu'}),
    dtp.layers.dense({units: 10, activation: 'softmax'}),
  ],
});
// Momentum has a state of its own, which is saved, too.
const optimizer = new dtp.DTPOptimizer({learningRate: 0.3, optimizer: tf.train.momentum(1, 0.5)});
model.compile({optimizer, loss: 'categoricalCrossentropy'});

async function trainThreeEpochs(run: tf.LayersModel, name: string): Promise<void> {
  // Without shuffling both runs see the same mini-batches.
  const {history} = await run.fit(x, y, {epochs: 3, batchSize: 64, shuffle: false, verbose: 0});
  const losses = history.loss.map((loss) => (loss as number).toFixed(6)).join(', ');
  console.log(`${name.padEnd(16)} losses ${losses}`);
}

const folder = mkdtempSync(join(tmpdir(), 'saving-'));
const file = savedRun(join(folder, 'run.json'));

await trainThreeEpochs(model, 'first half');
await model.save(file, {includeOptimizer: true});
await trainThreeEpochs(model, 'uninterrupted');

// In another program this is all it takes, once tfjs-dtp is imported.
const resumed = await tf.loadLayersModel(file);
await trainThreeEpochs(resumed, 'saved and loaded');
rmSync(folder, {recursive: true});

const flat = (run: tf.LayersModel) => run.getWeights().flatMap((weight) => [...weight.dataSync()]);
const [expected, weights] = [flat(model), flat(resumed)];
const equal = weights.filter((weight, i) => weight === expected[i]).length;
console.log(`${equal} of ${expected.length} weights are equal to the last bit, decoders included`);
