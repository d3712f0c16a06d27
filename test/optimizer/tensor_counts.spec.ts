import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';

const ADAM = {
  className: 'Adam',
  config: {learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

const noise = {input: 0.1, output: 0.1};

/** Every part of a step that is not always there. */
const configurations: Record<string, dtp.DTPOptimizerConfig> = {
  default: {},
  'an inner optimizer': {optimizer: ADAM, learningRate: 0.1},
  'schedule-free averages': {optimizer: new dtp.ScheduleFreeSGD()},
  clipNorm: {clipNorm: 1e-2},
  weightDecay: {weightDecay: 1e-3},
  'a schedule of the learning rate': {learningRate: (step) => 1 / (step + 1)},
  parallel: {schedule: 'parallel', inversion: {iterations: 2, tolerance: 1e-3}},
  online: {schedule: 'parallel', inversion: {iterations: 2}, online: {decay: 1e-4}},
  noise: {decoders: {objective: 'both', noise, every: 1, warmupSteps: 2}},
  'the delta rule': {update: {rule: 'example'}, decoders: {objective: 'reverse', rule: 'delta'}},
  'an optimizer for the decoders': {decoders: {optimizer: ADAM, every: 1, warmupSteps: 2}},
  'transposed weights': {feedback: 'gradient', learningRate: 0.1},
};

describe('An inner optimizer given as plain JSON', () => {
  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const momentum = {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.9}};
    new dtp.DTPOptimizer({optimizer: momentum, unpairedOptimizer: momentum}).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('200 steps, by trainOnBatch and by fitDataset, leave the number of tensors where it was', () => {
  const architecture = architectures['stock layers in between'];

  for (const [name, config] of Object.entries(configurations)) {
    it(`with ${name}`, async () => {
      const [stock, model] = stockAndPaired(architecture);
      stock.dispose();
      const optimizer = new dtp.DTPOptimizer(config);
      model.compile({optimizer, loss: 'meanSquaredError', metrics: ['mae']});
      const {x, y} = data(architecture, 4) as {x: tf.Tensor; y: tf.Tensor};
      const rows = async (tensor: tf.Tensor) => tf.data.array((await tensor.array()) as number[][]);
      const examples = tf.data.zip({xs: await rows(x), ys: await rows(y)});

      await model.trainOnBatch(x, y); // What is kept from step to step is made here.
      const before = tf.memory().numTensors;
      for (let step = 0; step < 200; step++) await model.trainOnBatch(x, y);
      expect(tf.memory().numTensors).toBe(before);
      await model.fitDataset(examples.repeat(200).batch(4), {epochs: 1, verbose: 0});
      expect(tf.memory().numTensors).toBe(before);
      expect(optimizer.iterations).toBe(401);
      model.dispose();
      optimizer.dispose();
    });
  }
});
