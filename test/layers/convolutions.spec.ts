import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {convolutionData, convolutions, stockAndPairedModel} from '../support/convolutions';
import {expectTensorsClose} from '../support/expect_tensors';

onEveryBackend('a paired convolution without the DTP optimizer', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    it(`predicts what its stock layer predicts, to the last bit: ${name}`, () => {
      const [stock, paired] = stockAndPairedModel(given);
      const {x} = convolutionData(given, 4);
      expect((paired.predict(x) as tf.Tensor).dataSync()).toEqual(
        (stock.predict(x) as tf.Tensor).dataSync(),
      );
    });
  }
});

describe('a paired convolution without the DTP optimizer', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    // tfjs cannot differentiate a convolution with dilation.
    if ('dilationRate' in given.args) continue;
    it(`trains with Adam as its stock layer trains, to the last bit: ${name}`, async () => {
      const [stock, paired] = stockAndPairedModel(given);
      const {x, y} = convolutionData(given, 6);
      for (const model of [stock, paired]) {
        model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
        for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
      }
      for (const [i, weight] of stock.trainableWeights.entries()) {
        expectTensorsClose(paired.trainableWeights[i].read(), weight.read(), 0);
      }
    });
  }
});

onEveryBackend('a paired convolution with DTPOptimizer', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    it(`lowers the loss with every objective, and leaks nothing: ${name}`, async () => {
      for (const objective of Object.keys(dtp.decoderObjectives)) {
        const [, model] = stockAndPairedModel(given);
        const decoders = {objective: objective as dtp.DecoderObjectiveName, warmupSteps: 10};
        const optimizer = new dtp.DTPOptimizer({decoders: {...decoders, every: 2}});
        model.compile({optimizer, loss: 'meanSquaredError'});
        const {x, y} = convolutionData(given, 8);
        const first = (await model.trainOnBatch(x, y)) as number;
        const tensors = tf.memory().numTensors;
        let loss = first;
        for (let step = 0; step < 12; step++) loss = (await model.trainOnBatch(x, y)) as number;
        expect(tf.memory().numTensors).toBe(tensors);
        expect(loss)
          .withContext(objective)
          .toBeLessThan(0.5 * first);
      }
    });
  }
});
