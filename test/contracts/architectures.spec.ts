import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {examples, kinds, models, randomise, stock} from '../support/models';
import {reloaded} from '../support/reloaded';

type Batch = ReturnType<typeof examples>;

/** What another model of the kind says of random inputs: something that the model can learn. */
function lesson(name: string, count: number): Batch {
  const teacher = stock(name);
  randomise(teacher, 2);
  const {x} = examples(name, count);
  return {x, y: teacher.predict(x)};
}

/** The model converted, and compiled with the optimizer in its default configuration. */
function trainable(name: string): tf.LayersModel {
  const model = dtp.convert(stock(name));
  model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
  return model;
}

/** Takes some steps on a batch, and returns the loss before each. */
async function train(model: tf.LayersModel, {x, y}: Batch, steps: number): Promise<number[]> {
  const losses = [];
  for (let step = 0; step < steps; step++) {
    losses.push([await model.trainOnBatch(x, y)].flat()[0] as number);
  }
  return losses;
}

/** A save, loaded as another program would, which freezes nested models again: tfjs saves no such flag. */
async function loadedAgain(model: tf.LayersModel): Promise<tf.LayersModel> {
  const loaded = await reloaded(model);
  for (const [i, {trainable}] of model.layers.entries()) {
    if (loaded.layers[i].trainable !== trainable) loaded.layers[i].trainable = trainable;
  }
  loaded.compile({optimizer: loaded.optimizer, loss: 'meanSquaredError'});
  return loaded;
}

const outputsOf = (model: tf.LayersModel, {x}: Batch) => [model.predict(x)].flat();

const weightsOf = (model: tf.LayersModel) => model.weights.map((weight) => weight.read());

const lossOf = (model: tf.LayersModel, {x, y}: Batch) =>
  [model.evaluate(x, y)].flat()[0].dataSync()[0];

onEveryBackend('each kind of model', (backend) => {
  // How webgl rounds depends on where it has put a tensor before.
  const [rounding, roundingOfSteps] = backend === 'webgl' ? [1e-5, 1e-3] : [0, 0];
  // tfjs warns when it saves a recurrent layer with an initial state, converted or not.
  beforeEach(() => spyOn(console, 'warn'));

  function expectSame(actual: tf.Tensor[], expected: tf.Tensor[], tolerance: number) {
    expect(actual.length).toBe(expected.length);
    for (const [i, tensor] of expected.entries()) expectTensorsClose(actual[i], tensor, tolerance);
  }

  for (const name of Object.keys(models)) {
    it(`predicts, once converted, what it predicted: ${name}`, () => {
      const [model, batch] = [stock(name), lesson(name, 4)];
      expectSame(outputsOf(dtp.convert(model), batch), outputsOf(model, batch), rounding);
    });

    it(`learns in three epochs of fit, and leaks nothing: ${name}`, async () => {
      const [model, batch] = [trainable(name), lesson(name, 16)];
      const before = lossOf(model, batch);
      const epochs = (count: number) =>
        model.fit(batch.x, batch.y, {epochs: count, batchSize: 4, shuffle: false, verbose: 0});
      await epochs(1);
      const tensors = tf.memory().numTensors;
      await epochs(2);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(lossOf(model, batch)).toBeLessThan(before);
    });

    it(`is, trained and reverted, a model of stock layers with the same predictions: ${name}`, async () => {
      const [model, batch] = [trainable(name), lesson(name, 4)];
      await train(model, batch, 2);
      const reverted = dtp.revert(model);
      expect(reverted.toJSON()).not.toMatch(/DTP|dtp|decoder_/);
      expectSame(outputsOf(reverted, batch), outputsOf(model, batch), rounding);
    });
  }

  for (const name of kinds) {
    it(`goes on, saved and loaded, as if it had not been: ${name}`, async () => {
      const batch = lesson(name, 4);
      const [uninterrupted, saved] = [trainable(name), trainable(name)];
      const losses = await train(uninterrupted, batch, 4);
      await train(saved, batch, 2);
      const resumed = await loadedAgain(saved);
      const resumedLosses = await train(resumed, batch, 2);
      expectSame([tf.tensor(resumedLosses)], [tf.tensor(losses.slice(2))], roundingOfSteps);
      expectSame(weightsOf(resumed), weightsOf(uninterrupted), roundingOfSteps);
    });

    it(`trains for 200 steps with the same number of tensors: ${name}`, async () => {
      const [model, batch] = [trainable(name), lesson(name, 4)];
      await train(model, batch, 1); // What is kept from step to step is made here.
      const tensors = tf.memory().numTensors;
      await train(model, batch, 200);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    const trained = async (model: tf.LayersModel) => {
      model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
      await train(model, lesson(name, 4), 3);
      return dtp.revert(model);
    };

    if (models[name].stockTrainsOn?.includes(backend) ?? true) {
      it(`trains under Adam, once converted, as it does itself: ${name}`, async () => {
        const [expected, converted] = [
          await trained(stock(name)),
          await trained(dtp.convert(stock(name))),
        ];
        expectSame(weightsOf(converted), weightsOf(expected), roundingOfSteps);
      });
    } else {
      it(`lacks, under Adam, the gradients of tfjs that it lacks itself: ${name}`, async () => {
        for (const model of [stock(name), dtp.convert(stock(name))]) {
          await expectAsync(trained(model)).toBeRejectedWithError(
            /Kernel '.*Backprop.*' not registered for backend/,
          );
        }
      });
    }
  }
});
