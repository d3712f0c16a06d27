import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {examples, models, randomise, stock} from '../support/models';
import {valuesOf} from '../support/reloaded';
import {saved} from './saved';

const predictionsOf = (model: tf.LayersModel, x: tf.Tensor | tf.Tensor[]) =>
  [model.predict(x)].flat() as tf.Tensor[];

const variableCount = (model: tf.LayersModel) => new Set(model.weights).size;

onEveryBackendButWebgl('convert', (backend) => {
  // How webgl rounds depends on where it has put a tensor before.
  const tolerance = backend === 'webgl' ? 1e-5 : 0;
  // tfjs warns when it saves a recurrent layer with an initial state, converted or not.
  beforeEach(() => spyOn(console, 'warn'));

  function expectSamePredictions(name: string, actual: tf.LayersModel, expected: tf.LayersModel) {
    const {x} = examples(name, 4);
    const wanted = predictionsOf(expected, x);
    for (const [i, output] of predictionsOf(actual, x).entries()) {
      expectTensorsClose(output, wanted[i], tolerance);
    }
  }

  for (const name of Object.keys(models)) {
    it(`keeps names, and the model it is given as it is: ${name}`, () => {
      const model = stock(name);
      const [json, values] = [model.toJSON(), valuesOf(model)];
      const converted = dtp.convert(model);
      expect(converted.constructor).toBe(model.constructor);
      expect(converted.name).toBe(model.name);
      expect([converted.inputNames, converted.outputNames]).toEqual([
        model.inputNames,
        model.outputNames,
      ]);

      for (const weight of converted.weights) {
        (weight.read() as tf.Variable).assign(tf.zerosLike(weight.read()));
      }
      expect(model.toJSON()).toBe(json);
      expect(valuesOf(model)).toEqual(values);
    });

    it(`changes nothing the second time: ${name}`, () => {
      const once = dtp.convert(stock(name));
      const twice = dtp.convert(once);
      expect(twice.toJSON()).toBe(once.toJSON());
      expect(valuesOf(twice)).toEqual(valuesOf(once));
    });

    it(`is undone by revert: ${name}`, () => {
      const model = stock(name);
      const converted = dtp.convert(model);
      const reverted = dtp.revert(converted);
      expect(reverted.toJSON()).toBe(model.toJSON());
      expect(valuesOf(reverted)).toEqual(valuesOf(model));
      expect(dtp.convert(reverted).toJSON()).toBe(converted.toJSON());
    });

    it(`leaves no tensors but the weights, here and in revert: ${name}`, () => {
      const model = stock(name);
      const before = tf.memory().numTensors;
      const converted = dtp.convert(model);
      const afterConvert = before + variableCount(converted);
      expect(tf.memory().numTensors).toBe(afterConvert);
      const reverted = dtp.revert(converted);
      expect(tf.memory().numTensors).toBe(afterConvert + variableCount(reverted));
    });

    it(`takes the weights of the stock model by name, and gives them back: ${name}`, async () => {
      const model = stock(name);
      const other = dtp.revert(model);
      randomise(other, 2);
      const load = async (to: tf.LayersModel, from: tf.LayersModel) => {
        const {weightData, weightSpecs} = await saved(from);
        const weights = tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs as never);
        to.loadWeights(weights, false);
      };
      const converted = dtp.convert(model);
      await load(converted, other);
      expectSamePredictions(name, converted, other);
      await load(model, converted);
      expectSamePredictions(name, model, other);
    });
  }
});
