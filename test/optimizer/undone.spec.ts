import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {reloaded, valuesOf} from '../support/reloaded';

const momentum = {className: 'Momentum', config: {learningRate: 1, momentum: 0.9}};
const adam = {
  className: 'Adam',
  config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

/** What has state of its own, of weights that it meets for the first time in the step that fails. */
const optimizers: Record<string, dtp.DTPOptimizerConfig> = {
  momentum: {optimizer: momentum},
  Adam: {optimizer: adam},
  ScheduleFreeSGD: {optimizer: new dtp.ScheduleFreeSGD()},
  'Adam of other layers': {unpairedOptimizer: adam},
  'momentum of decoders': {decoders: {optimizer: momentum, learningRate: 0.01}},
  'Adam of decoders': {decoders: {optimizer: adam}},
  'decoders that learn before': {decoders: {when: 'before'}},
};

function modelWith(optimizer: tf.Optimizer): tf.LayersModel {
  const kernelInitializer = (seed: number) => tf.initializers.randomNormal({seed});
  const model = tf.sequential({
    layers: [
      dtp.layers.dense({
        units: 4,
        activation: 'tanh',
        inputShape: [3],
        kernelInitializer: kernelInitializer(1),
      }),
      tf.layers.dense({units: 4, kernelInitializer: kernelInitializer(2)}),
      dtp.layers.dense({units: 2, kernelInitializer: kernelInitializer(3)}),
    ],
  });
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

const x = () => tf.randomUniform([8, 3], 0, 1, 'float32', 1);
const y = () => tf.randomUniform([8, 2], 0, 1, 'float32', 2);

/** The numbers of the state; names are of each model its own. */
const stateOf = async ({optimizer}: tf.LayersModel) =>
  (await optimizer.getWeights())
    .filter(({tensor}) => tensor.dtype !== 'string')
    .map(({tensor}) => Array.from(tensor.dataSync()));

/** Runs a body while decoders fail at a lesson, the last thing that a step does: all but the first ones. */
async function whileDecodersFail<T>(body: () => Promise<T>): Promise<T> {
  const {perturbation} = dtp.decoderObjectives;
  dtp.decoderObjectives.perturbation = (state, batch, options) => {
    const changed = perturbation(state, batch, options);
    if (options.fresh) return changed;
    tf.dispose(Object.values(changed) as tf.Tensor[]);
    throw new dtp.NonFiniteError('a lesson is not finite');
  };
  try {
    return await body();
  } finally {
    dtp.decoderObjectives.perturbation = perturbation;
  }
}

onEveryBackend('a step that is undone after weights have moved', () => {
  for (const [what, config] of Object.entries(optimizers)) {
    for (const steps of [0, 2]) {
      it(`leaves the run as if it had not been, after ${steps} steps: ${what}`, async () => {
        const make = () =>
          modelWith(
            new dtp.DTPOptimizer({
              onNonFinite: 'skip',
              ...config,
              decoders: {drift: 0, ...config.decoders},
            }),
          );
        const [model, twin] = [make(), make()];
        const batch = [x(), y()];
        for (const run of [model, twin]) {
          for (let step = 0; step < steps; step++) await run.trainOnBatch(batch[0], batch[1]);
        }
        const before = tf.memory().numTensors;
        const loss = await whileDecodersFail(() => model.trainOnBatch(batch[0], batch[1]));
        expect(loss).toBeNaN();
        expect(tf.memory().numTensors).toBe(before);
        for (const run of [model, twin]) {
          for (let step = 0; step < 2; step++) await run.trainOnBatch(batch[0], batch[1]);
        }
        expect(valuesOf(model)).toEqual(valuesOf(twin));
        expect(await stateOf(model)).toEqual(await stateOf(twin));
      });
    }
  }

  for (const what of ['momentum', 'Adam', 'Adam of other layers']) {
    it(`keeps no place for weights that take part in no other step, or that were loaded: ${what}`, async () => {
      const config = {...optimizers[what], onNonFinite: 'skip', decoders: {drift: 0}} as const;
      const runs = [1, 2].map(() => modelWith(new dtp.DTPOptimizer(config)));
      await whileDecodersFail(() => runs[0].trainOnBatch(x(), y()));
      const goOn = async () => {
        for (const run of runs) await run.trainOnBatch(x(), y());
        expect(valuesOf(runs[0])).toEqual(valuesOf(runs[1]));
        expect(await stateOf(runs[0])).toEqual(await stateOf(runs[1]));
      };
      const freeze = (run: tf.LayersModel, isFrozen: boolean) => {
        for (const layer of run.layers.slice(0, 2)) layer.trainable = !isFrozen;
        run.compile({optimizer: run.optimizer, loss: 'meanSquaredError'});
      };
      for (const run of runs) freeze(run, true);
      await goOn();
      for (const i of [0, 1]) runs[i] = await reloaded(runs[i]);
      for (const run of runs) freeze(run, false);
      await whileDecodersFail(() => runs[0].trainOnBatch(x(), y()));
      await goOn();
    });
  }

  it('shows nothing to those who observe it', async () => {
    const optimizer = new dtp.DTPOptimizer({onNonFinite: 'skip', decoders: {drift: 0}});
    const model = modelWith(optimizer);
    const observed = optimizer.observe();
    await whileDecodersFail(() => model.trainOnBatch(x(), y()));
    expect(optimizer.skippedSteps).toBe(1);
    expect(observed.diagnostics).toBeNull();
  });

  it('is not left out for an error of another kind, even a RangeError', async () => {
    const model = modelWith(new dtp.DTPOptimizer({onNonFinite: 'skip'}));
    const {minibatch} = dtp.updates;
    const before = valuesOf(model);
    dtp.updates.minibatch = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    try {
      await expectAsync(model.trainOnBatch(x(), y())).toBeRejectedWithError(
        RangeError,
        'Array buffer allocation failed',
      );
    } finally {
      dtp.updates.minibatch = minibatch;
    }
    expect(valuesOf(model)).toEqual(before);
  });
});
