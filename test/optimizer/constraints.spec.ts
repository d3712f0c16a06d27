import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {data} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {reloaded} from '../support/reloaded';

const constraints = {
  nonNeg: tf.constraints.nonNeg(),
  maxNorm: tf.constraints.maxNorm({maxValue: 0.5}),
  unitNorm: tf.constraints.unitNorm({}),
  minMaxNorm: tf.constraints.minMaxNorm({minValue: 0.4, maxValue: 0.6}),
};

type Constraint = (typeof constraints)[keyof typeof constraints];

function modelWith(kernelConstraint: Constraint | undefined, config: dtp.DTPOptimizerConfig) {
  const model = tf.sequential({
    layers: [
      dtp.layers.dense({
        units: 5,
        activation: 'tanh',
        inputShape: [4],
        kernelConstraint,
        biasConstraint: kernelConstraint && constraints.nonNeg,
        kernelInitializer: tf.initializers.glorotNormal({seed: 1}),
      }),
      dtp.layers.dense({
        units: 3,
        kernelConstraint,
        kernelInitializer: tf.initializers.glorotNormal({seed: 2}),
      }),
    ],
  });
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  return model;
}

const batch = () => data({inputs: [[4]], outputs: [[3]]}, 6);
const kernels = (model: tf.LayersModel) => model.layers.map((layer) => layer.getWeights()[0]);

const momentum = {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.9}};

const ways: Record<string, dtp.DTPOptimizerConfig> = {
  'by default': {},
  'through momentum': {optimizer: momentum, weightDecay: 0.01},
  online: {schedule: 'parallel', inversion: {iterations: 2}, online: {}},
};

onEveryBackend('a constraint of a paired layer', () => {
  // tfjs's constraints add 1e-4 to norms once webgl has been used, 1e-7 before.
  const tolerance = 1e-3;
  for (const [name, constraint] of Object.entries(constraints)) {
    for (const [way, config] of Object.entries(ways)) {
      it(`holds after every step: ${name}, ${way}`, async () => {
        const model = modelWith(constraint, config);
        const {x, y} = batch();
        for (let step = 0; step < 3; step++) {
          await model.trainOnBatch(x, y);
          for (const kernel of kernels(model)) {
            expectTensorsClose(kernel, constraint.apply(kernel), tolerance);
          }
          expect(model.layers[0].getWeights()[1].min().dataSync()[0]).toBeGreaterThanOrEqual(0);
        }
        const free = modelWith(undefined, config);
        await free.trainOnBatch(x, y);
        const [kernel] = kernels(free);
        const broken = kernel.sub(constraint.apply(kernel)).abs().max().dataSync()[0];
        expect(broken).withContext('without the constraint').toBeGreaterThan(1e-2);
      });
    }
  }

  it('holds in a run that was saved and loaded', async () => {
    const model = await reloaded(modelWith(constraints.nonNeg, {}));
    const {x, y} = batch();
    await model.trainOnBatch(x, y);
    for (const kernel of kernels(model)) {
      expect(kernel.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it('holds when decoders learn, after the step', async () => {
    const {perturbation} = dtp.decoderObjectives;
    const learnedFrom: number[] = [];
    dtp.decoderObjectives.perturbation = (state, lesson, options) => {
      if (!options.fresh) learnedFrom.push(lesson.encoder.min().dataSync()[0]);
      return perturbation(state, lesson, options);
    };
    try {
      const model = modelWith(constraints.nonNeg, {decoders: {drift: 0}});
      const {x, y} = batch();
      await model.trainOnBatch(x, y);
    } finally {
      dtp.decoderObjectives.perturbation = perturbation;
    }
    expect(learnedFrom.length).toBe(1);
    expect(learnedFrom[0]).toBeGreaterThanOrEqual(0);
  });

  it('does not touch a frozen layer', async () => {
    const model = modelWith(constraints.nonNeg, {});
    const before = kernels(model)[0].clone();
    expect(before.min().dataSync()[0]).toBeLessThan(0);
    model.layers[0].trainable = false;
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const {x, y} = batch();
    await model.trainOnBatch(x, y);
    expectTensorsClose(kernels(model)[0], before, 0);
  });

  it('leaves no tensor behind', async () => {
    const model = modelWith(constraints.unitNorm, {});
    const {x, y} = batch();
    await model.trainOnBatch(x, y);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 5; step++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(before);
  });
});
