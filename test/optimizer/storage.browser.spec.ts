import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {valuesOf} from '../support/reloaded';

const ADAM = {
  className: 'Adam',
  config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

async function train(model: tf.LayersModel, steps: number): Promise<void> {
  const x = tf.randomUniform([6, 3], 0, 1, 'float32', 1);
  const y = tf.randomUniform([6, 2], 0, 1, 'float32', 2);
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
}

async function trained(): Promise<tf.LayersModel> {
  const model = tf.sequential({
    layers: [
      dtp.layers.dense({units: 4, activation: 'tanh', inputShape: [3], decoder: false}),
      tf.layers.batchNormalization(),
      dtp.layers.dense({units: 4, activation: 'tanh', decoder: {architecture: 'mlp'}}),
      dtp.layers.dense({units: 2}),
    ],
  });
  const decoders = {optimizer: ADAM, every: 1, warmupSteps: 5};
  const optimizer = new dtp.DTPOptimizer({optimizer: ADAM, decoders});
  model.compile({optimizer, loss: 'meanSquaredError'});
  await train(model, 3);
  return model;
}

const save = (model: tf.LayersModel, place: string) => model.save(place, {includeOptimizer: true});

for (const scheme of ['indexeddb', 'localstorage']) {
  describe(`a run saved in ${scheme}`, () => {
    const [place, other] = [`${scheme}://run`, `${scheme}://other`];

    afterEach(async () => {
      for (const saved of Object.keys(await tf.io.listModels())) await tf.io.removeModel(saved);
    });

    it('continues exactly as the uninterrupted one', async () => {
      const model = await trained();
      await save(model, place);
      const resumed = await tf.loadLayersModel(place);
      await train(model, 3);
      await train(resumed, 3);
      expect(valuesOf(resumed)).toEqual(valuesOf(model));
    });

    it('is intact under its own name where a save under another one fails halfway', async () => {
      const model = await trained();
      await save(model, place);
      const before = valuesOf(model);
      await train(model, 1);
      await expectAsync(failingHalfway(() => save(model, other))).toBeRejected();
      expect(valuesOf(await tf.loadLayersModel(place))).toEqual(before);
    });
  });
}

describe('a save over an older one that fails halfway', () => {
  const overwritten = async (place: string) => {
    const model = await trained();
    await save(model, place);
    const before = valuesOf(model);
    await train(model, 1);
    await expectAsync(failingHalfway(() => save(model, place))).toBeRejected();
    return before;
  };

  it('leaves the older one in indexeddb', async () => {
    const before = await overwritten('indexeddb://again');
    expect(valuesOf(await tf.loadLayersModel('indexeddb://again'))).toEqual(before);
    await tf.io.removeModel('indexeddb://again');
  });

  it('loses both in localstorage, where tfjs removes all of that name', async () => {
    await overwritten('localstorage://again');
    await expectAsync(tf.loadLayersModel('localstorage://again')).toBeRejected();
  });
});

/** Lets the storage run out of space at the weights, after the rest of a model was written. */
async function failingHalfway(saving: () => Promise<unknown>): Promise<unknown> {
  const full = () => {
    throw new DOMException('no space left', 'QuotaExceededError');
  };
  const {setItem} = Storage.prototype;
  const {put} = IDBObjectStore.prototype;
  Storage.prototype.setItem = function (key, value) {
    return key.endsWith('weight_data') ? full() : setItem.call(this, key, value);
  };
  IDBObjectStore.prototype.put = function (value, key) {
    return this.name === 'models_store' ? full() : put.call(this, value, key);
  };
  try {
    return await saving();
  } finally {
    Storage.prototype.setItem = setItem;
    IDBObjectStore.prototype.put = put;
  }
}
