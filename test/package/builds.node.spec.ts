import {execFileSync} from 'node:child_process';
import {readFileSync, statSync} from 'node:fs';

/** A program that trains with the package `dtp` on TensorFlow.js `tf` and prints what it found. */
const program = `
  const model = tf.sequential({layers: [
    dtp.layers.dense({units: 4, activation: 'tanh', inputShape: [3], decoder: false}),
    dtp.layers.dense({units: 2}),
  ]});
  model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
  const [x, y] = [tf.ones([4, 3]), tf.ones([4, 2])];
  const losses = [];
  const train = async () => {
    for (let step = 0; step < 5; step++) losses.push(await model.trainOnBatch(x, y));
    return losses[4] < losses[0] ? 'learns' : 'does not learn: ' + losses;
  };
`;

/** Runs a program in a Node of its own, from this folder: the package imports itself by its name. */
function output(type: 'module' | 'commonjs', code: string): string {
  const args = [`--input-type=${type}`, '--eval', code];
  return execFileSync(process.execPath, args, {encoding: 'utf8'}).trim().split('\n').at(-1) ?? '';
}

const toModule = `import * as tf from '@tensorflow/tfjs'; import * as dtp from 'tfjs-dtp';`;
const toCommonJS = `const tf = require('@tensorflow/tfjs'); const dtp = require('tfjs-dtp');`;

/**
 * A program that trains a convolution, decoders that are not linear and a skip connection: layers of
 * either build, or converted by it, under the optimizer of either. From the same weights, all losses
 * and weights are to be those of one build alone, to the last bit.
 */
const mixtures = `
  import {createRequire} from 'node:module';
  import * as tf from '@tensorflow/tfjs';
  import * as module from 'tfjs-dtp';
  const builds = [module, createRequire(process.cwd() + '/')('tfjs-dtp')];

  const mlp = {architecture: 'mlp', hidden: [6]}, mirror = {architecture: 'mirror'};
  const image = {filters: 2, kernelSize: 3, activation: 'relu'};
  function modelOf(layers, first, second, third) {
    const x = tf.input({shape: [6, 6, 1]});
    const images = layers.conv2d(image).apply(layers.conv2d({...image, ...first}).apply(x));
    const wide = tf.layers.flatten().apply(images);
    const hidden = layers.dense({units: 4, activation: 'tanh', ...second}).apply(wide);
    const [main, skip] = layers.branch?.({branches: 2}).apply(hidden) ?? [hidden, hidden];
    const block = layers.dense({units: 4, activation: 'tanh', ...third}).apply(main);
    const sum = tf.layers.add().apply([block, skip]);
    return tf.model({inputs: x, outputs: layers.dense({units: 2}).apply(sum)});
  }
  const built = ({layers}) =>
    modelOf(layers, {decoder: false}, {decoder: mlp}, {decoder: mirror});
  const converted = ({convert}) =>
    convert(modelOf(tf.layers, {}, {name: 'second'}, {name: 'third'}), {
      decoders: {second: mlp, third: mirror},
    });

  const [x, y] = [tf.randomNormal([8, 6, 6, 1], 0, 1, 'float32', 1), tf.eye(2).tile([4, 1])];
  const start = built(module).getWeights();
  async function trained(model, {DTPOptimizer}, objective) {
    model.setWeights(start);
    const optimizer = new DTPOptimizer({decoders: {objective, every: 1}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const found = [];
    for (let step = 0; step < 5; step++) found.push(await model.trainOnBatch(x, y));
    return [...found, ...model.getWeights().map((weight) => weight.dataSync())];
  }
  for (const objective of ['perturbation', 'both']) {
    const alone = await trained(built(module), module, objective);
    if (!(Math.min(...alone.slice(1, 5)) < alone[0])) throw new Error(objective + ' does not learn: ' + alone);
    for (const make of [built, converted]) {
      for (const layersOf of builds) {
        for (const optimizerOf of builds) {
          const mixed = await trained(make(layersOf), optimizerOf, objective);
          if (String(mixed) !== String(alone)) throw new Error(objective + ' differs: ' + mixed);
        }
      }
    }
  }
  console.log('learns, all alike');
`;

describe('the built package', () => {
  it('trains as an ES module', () => {
    expect(output('module', `${toModule} ${program} console.log(await train());`)).toBe('learns');
  });

  it('trains as a CommonJS module', () => {
    expect(output('commonjs', `${toCommonJS} ${program} train().then(console.log);`)).toBe(
      'learns',
    );
  });

  it('trains layers of one build with the optimizer of the other', () => {
    const mixed = `
      import {createRequire} from 'node:module';
      ${toModule.replace('dtp from', 'esm from')}
      const cjs = createRequire(process.cwd() + '/')('tfjs-dtp');
      const dtp = {layers: esm.layers, DTPOptimizer: cjs.DTPOptimizer};`;
    expect(output('module', `${mixed} ${program} console.log(await train());`)).toBe('learns');
  });

  it('trains every layer of one build with the optimizer of the other, as with its own', () => {
    expect(output('module', mixtures)).toBe('learns, all alike');
  });

  it('trains as a script beside the global tf', () => {
    // The script's objects are of another context, as those of a frame in a page are.
    const page = `
      const {readFileSync} = require('node:fs');
      const {runInNewContext} = require('node:vm');
      const script = readFileSync('dist/tfjs-dtp.min.js', 'utf8') + ${JSON.stringify(`;${program} train()`)};
      const tf = require('@tensorflow/tfjs');
      runInNewContext(script, {tf, console}).then(console.log);`;
    expect(output('commonjs', page)).toBe('learns');
  });

  it('has no copy of TensorFlow.js inside', () => {
    const {size} = statSync('node_modules/@tensorflow/tfjs-core/dist/tf-core.min.js');
    for (const file of ['tfjs-dtp.js', 'tfjs-dtp.cjs', 'tfjs-dtp.min.js']) {
      // Its core alone, minified, is larger.
      expect(statSync(`dist/${file}`).size).toBeLessThan(size);
    }
    const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(dependencies).toBeUndefined();
  });
});
