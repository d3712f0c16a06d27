import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const classifier = architectures['relu classifier'];

/** The weights after one step from the same start, and the start. */
async function oneStep(config: dtp.DTPOptimizerConfig) {
  const [, model] = stockAndPaired(classifier);
  const read = () => model.trainableWeights.map((weight) => weight.read().clone());
  const before = read();
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  const {x, y} = data(classifier, 5);
  await model.trainOnBatch(x, y);
  return {before, after: read()};
}

const normOf = (tensors: tf.Tensor[]) =>
  Math.hypot(...tensors.map((tensor) => tensor.norm().dataSync()[0]));

const momentum = {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.9}};

/** The ways in which changes reach the weights. */
const ways: Record<string, dtp.DTPOptimizerConfig> = {
  directly: {learningRate: 0.5},
  'through momentum': {learningRate: 0.5, optimizer: momentum},
  online: {learningRate: 0.5, schedule: 'parallel', inversion: {iterations: 3}, online: {}},
};

onEveryBackend('weightDecay', () => {
  for (const [way, config] of Object.entries(ways)) {
    for (const clipNorm of [null, 1e-2]) {
      it(`takes rate · decay of every kernel, and of no bias: ${way}, clipNorm ${clipNorm}`, async () => {
        const plain = await oneStep({...config, clipNorm});
        const decayed = await oneStep({...config, clipNorm, weightDecay: 0.1});
        for (const [i, before] of plain.before.entries()) {
          const lost = before.mul(before.rank > 1 ? 0.5 * 0.1 : 0);
          expectTensorsClose(decayed.after[i], plain.after[i].sub(lost), 1e-6);
        }
      });
    }
  }

  it('refuses a rate at which nothing is left of kernels, and leaves all as it was', async () => {
    const [, model] = stockAndPaired(classifier);
    const optimizer = new dtp.DTPOptimizer({learningRate: (step) => step + 1, weightDecay: 0.5});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const {x, y} = data(classifier, 5);
    await model.trainOnBatch(x, y);
    const before = model.getWeights().map((weight) => weight.clone());
    const tensors = tf.memory().numTensors;
    await expectAsync(model.trainOnBatch(x, y)).toBeRejectedWithError(
      RangeError,
      /weightDecay is 0.5 at a learning rate of 2, .* Lower one of them/,
    );
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [i, weight] of model.getWeights().entries())
      expectTensorsClose(weight, before[i], 0);
  });

  it('leaves the kernels of other layers to their own optimizer', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 4, inputShape: [3]}),
        tf.layers.dense({units: 4}),
        dtp.layers.dense({units: 2}),
      ],
    });
    const unpairedOptimizer = {className: 'SGD', config: {learningRate: 1e-9}};
    const optimizer = new dtp.DTPOptimizer({weightDecay: 0.1, unpairedOptimizer});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const before = model.layers[1].getWeights()[0].clone();
    await model.trainOnBatch(tf.zeros([2, 3]), tf.zeros([2, 2]));
    expectTensorsClose(model.layers[1].getWeights()[0], before, 1e-6);
  });
});

onEveryBackend('clipNorm of DTPOptimizer', () => {
  for (const [way, config] of Object.entries(ways)) {
    it(`scales the whole step down to its limit: ${way}`, async () => {
      const plain = await oneStep(config);
      const changes = plain.after.map((weight, i) => weight.sub(plain.before[i]));
      // The momentum's own rate comes after.
      const unit = way === 'through momentum' ? 0.3 : 1;
      const norm = normOf(changes) / unit;
      const clipped = await oneStep({...config, clipNorm: norm / 4});
      for (const [i, before] of plain.before.entries()) {
        expectTensorsClose(clipped.after[i], before.add(changes[i].div(4)), 1e-6);
      }
      const loose = await oneStep({...config, clipNorm: norm * 1.01});
      // Online, sweeps in between may be clipped; their sum is the same up to rounding.
      const tolerance = way === 'online' ? 1e-6 : 0;
      for (const [i, after] of plain.after.entries()) {
        expectTensorsClose(loose.after[i], after, tolerance);
      }
    });
  }

  it('counts what regularisers ask for', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({
          units: 2,
          inputShape: [3],
          kernelRegularizer: tf.regularizers.l2({l2: 10}),
        }),
      ],
    });
    model.compile({optimizer: new dtp.DTPOptimizer({clipNorm: 0.01}), loss: 'meanSquaredError'});
    const kernel = model.getWeights()[0].clone();
    await model.trainOnBatch(tf.zeros([2, 3]), tf.zeros([2, 2]));
    const expected = kernel.mul(1 - 0.01 / normOf([kernel]));
    expectTensorsClose(model.getWeights()[0], expected, 1e-5);
  });
});
