import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {type Architecture, architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const sweeps = 6;

/** The weights before and after one step of training, in the order of the model. */
async function oneStep(architecture: Architecture, config: dtp.DTPOptimizerConfig, examples = 5) {
  const [, model] = stockAndPaired(architecture);
  const before = model.trainableWeights.map((weight) => weight.read().clone());
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  const {x, y} = data(architecture, examples);
  await model.trainOnBatch(x, y);
  const after = model.trainableWeights.map((weight) => weight.read().clone());
  return {model, before, after};
}

const parallel = {schedule: 'parallel', inversion: {iterations: sweeps}} as const;

onEveryBackend('online updates', () => {
  for (const name of [
    'relu classifier',
    'deep tanh without bias',
    'stock layers in between',
    'residual addition',
    'a branch around a layer',
  ]) {
    for (const influence of ['measured', 'paper', 'convex', 'none'] as const) {
      it(`sum to the update at the end of the relaxation: ${name}, influence ${influence}`, async () => {
        const decoders = {damping: 1};
        const config = {...parallel, influence, bounds: {decrease: null}, decoders};
        const once = await oneStep(architectures[name], config);
        const online = await oneStep(architectures[name], {...config, online: {}});

        for (const [i, before] of once.before.entries()) {
          const change = once.after[i].sub(before);
          // Each of the six additions to the weights rounds.
          expectTensorsClose(online.after[i], once.after[i], 2e-6);
          expect(change.abs().max().dataSync()[0]).toBeGreaterThan(0);
        }
      });
    }
  }

  for (const checked of [3, null]) {
    it(`sum to it where ${checked ?? 'all'} of the examples tell what targets reach`, async () => {
      const architecture = architectures['deep tanh without bias'];
      const inversion = {iterations: sweeps, safeguard: false, checked};
      // A bound on the size of a change would hide a factor of it.
      const bounds = {together: null, decrease: null, shift: null, noise: null};
      const config = {...parallel, learningRate: 0.5, inversion, bounds};
      const once = await oneStep(architecture, config, 8);
      const online = await oneStep(architecture, {...config, online: {}}, 8);
      for (const [i, weight] of online.after.entries()) {
        expectTensorsClose(weight, once.after[i], 2e-6);
      }
    });
  }

  it('sum to it where kernels go as far as a bound on weights lets them', async () => {
    const architecture = architectures['deep tanh without bias'];
    const config = {...parallel, bounds: {decrease: null, shift: null, noise: null, weights: 0.01}};
    const once = await oneStep(architecture, config);
    const online = await oneStep(architecture, {...config, online: {}});
    for (const [i, before] of once.before.entries()) {
      const change = once.after[i].sub(before).norm().div(before.norm()).dataSync()[0];
      expect(change).toBeCloseTo(0.01, 5);
      expectTensorsClose(online.after[i], once.after[i], 2e-6);
    }
  });

  it('sum to it where a large regulariser takes part', async () => {
    const plain = architectures['deep tanh without bias'];
    const kernelRegularizer = tf.regularizers.l2({l2: 1});
    const architecture: Architecture = {
      ...plain,
      build: ({dense, ...layers}) =>
        plain.build({...layers, dense: (args) => dense({...args, kernelRegularizer})}),
    };
    const config = {...parallel, bounds: {decrease: null, shift: null, noise: null}};
    const once = await oneStep(architecture, config);
    const online = await oneStep(architecture, {...config, online: {}});
    for (const [i, weight] of online.after.entries()) {
      expectTensorsClose(weight, once.after[i], 2e-6);
      expect(once.after[i].norm().div(once.before[i].norm()).dataSync()[0]).toBeLessThan(0.5);
    }
  });

  it('leave, wherever the relaxation stops, the update of the targets found so far', async () => {
    for (let iterations = 1; iterations <= 4; iterations++) {
      const config = {...parallel, inversion: {iterations}};
      const architecture = architectures['deep tanh without bias'];
      const once = await oneStep(architecture, config);
      const online = await oneStep(architecture, {...config, online: {}});

      const moved = online.after.map((weight, i) => {
        expectTensorsClose(weight, once.after[i], 2e-6);
        return weight.notEqual(online.before[i]).any().dataSync()[0] === 1;
      });
      // One more layer a sweep has a target; the output layer has its own from the start.
      expect(moved).toEqual(moved.map((_, l) => l >= 4 - iterations));
    }
  });

  it('let kernels, and only those, decay by γ in every sweep where nothing else moves them', async () => {
    const architecture = architectures['relu classifier'];
    const [, model] = stockAndPaired(architecture);
    const {x} = data(architecture, 5);
    const before = model.trainableWeights.map((weight) => weight.read().clone());
    model.compile({
      optimizer: new dtp.DTPOptimizer({...parallel, online: {decay: 0.1}}),
      loss: 'meanSquaredError',
    });
    // At its own prediction the loss has no gradient.
    await model.trainOnBatch(x, model.predict(x) as tf.Tensor);

    for (const [i, weight] of model.trainableWeights.entries()) {
      const part = before[i].rank > 1 ? 0.9 ** sweeps : 1;
      expectTensorsClose(weight.read(), before[i].mul(part), 1e-6);
    }
  });

  it('move nothing while every target is its activation: zero output gradient', async () => {
    const architecture = architectures['deep tanh without bias'];
    const [, model] = stockAndPaired(architecture);
    const {x} = data(architecture, 5);
    const before = model.trainableWeights.map((weight) => weight.read().clone());
    model.compile({
      optimizer: new dtp.DTPOptimizer({...parallel, online: {}}),
      loss: 'meanSquaredError',
    });
    await model.trainOnBatch(x, model.predict(x) as tf.Tensor);

    for (const [i, weight] of model.trainableWeights.entries()) {
      expectTensorsClose(weight.read(), before[i], 0);
    }
  });

  it('leave no tensor behind', async () => {
    const architecture = architectures['stock layers in between'];
    const {model} = await oneStep(architecture, {...parallel, online: {decay: 1e-3}});
    const {x, y} = data(architecture, 5);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 5; step++) await model.trainOnBatch(x, y);

    expect(tf.memory().numTensors).toBe(before);
  });
});
