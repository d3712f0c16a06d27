import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, pairedLayers, stockAndPaired} from '../support/architectures';
import {artifactsOf, reloaded, valuesOf} from '../support/reloaded';

const name = 'stock layers in between';

async function train(model: tf.LayersModel, steps: number): Promise<void> {
  const batch = data(architectures[name], 8);
  for (let step = 0; step < steps; step++) await model.trainOnBatch(batch.x, batch.y);
  tf.dispose([batch.x, batch.y] as tf.Tensor[]);
}

/** A run of some steps and three more, and one that was saved and loaded in between. */
async function resumedAfter(
  steps: number,
  config: dtp.DTPOptimizerConfig,
  change: (optimizer: dtp.DTPOptimizer) => void = () => {},
) {
  const [, uninterrupted] = stockAndPaired(architectures[name]);
  const optimizer = new dtp.DTPOptimizer(config);
  uninterrupted.compile({optimizer, loss: 'meanSquaredError'});
  await train(uninterrupted, steps);
  change(optimizer);
  const resumed = await reloaded(uninterrupted);
  for (const run of [uninterrupted, resumed]) await train(run, 3);
  return {uninterrupted, resumed};
}

/** Without the weights of decoders, as a checkpoint of the stock model has none. */
async function withoutDecoders(saved: tf.io.ModelArtifacts): Promise<tf.io.ModelArtifacts> {
  const {weightData, weightSpecs = []} = saved;
  const tensors = tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs);
  const encoded = (group: 'optimizer' | 'model') => {
    const names = weightSpecs.filter(
      (spec) => (spec.group === 'optimizer') === (group !== 'model'),
    );
    const kept = names.filter(({name}) => group === 'optimizer' || !name.includes('decoder'));
    return tf.io.encodeWeights(
      kept.map(({name}) => ({name, tensor: tensors[name]})),
      group,
    );
  };
  const [model, optimizer] = [await encoded('model'), await encoded('optimizer')];
  return {
    ...saved,
    weightSpecs: [...model.specs, ...optimizer.specs],
    weightData: tf.io.concatenateArrayBuffers([model.data, optimizer.data]),
  };
}

/** The model with decoders of one architecture, and random weights. */
function withDecoders(decoder: dtp.DecoderArgs): tf.LayersModel {
  return architectures[name].build({
    ...pairedLayers,
    dense: (args) => dtp.layers.dense({...args, decoder}),
  });
}

/** A layer without a pair, whose weights have names that end in numbers. */
class Shift extends tf.layers.Layer {
  static readonly className = 'Shift';
  private parts: tf.LayerVariable[] = [];

  override build([, units]: number[]): void {
    this.parts = ['w_1', 'w_2'].map((name) =>
      this.addWeight(name, [units], 'float32', tf.initializers.zeros()),
    );
    super.build([null, units]);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]) {
    const [scale, shift] = this.parts.map((part) => part.read());
    return tf.tidy(() => [inputs].flat()[0].mul(scale.add(1)).add(shift));
  }
}
tf.serialization.registerClass(Shift as never);

const noise = {input: 0.1, output: 0.1};

const ADAM = {
  className: 'Adam',
  config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

const RMSPROP = {
  className: 'RMSProp',
  config: {learningRate: 0.01, decay: 0.9, momentum: 0.5, epsilon: 1e-7, centered: false},
};

describe('the state of DTPOptimizer', () => {
  for (const [what, config] of Object.entries<dtp.DTPOptimizerConfig>({
    'by default': {},
    'with momentum inside': {
      optimizer: {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.9}},
    },
    'with Adam inside': {optimizer: ADAM},
    'with ScheduleFreeSGD inside': {optimizer: new dtp.ScheduleFreeSGD({power: 3})},
    'with RMSProp inside and for other layers': {optimizer: RMSPROP, unpairedOptimizer: RMSPROP},
    'with momentum for other layers': {
      unpairedOptimizer: {className: 'Momentum', config: {learningRate: 0.01, momentum: 0.9}},
    },
    'with decay and clipping': {weightDecay: 0.01, clipNorm: 0.05},
    online: {schedule: 'parallel', inversion: {iterations: 2}, online: {decay: 1e-3}},
    'with decoders whose layers drift': {decoders: {drift: 0.1}},
    'with autoencoder decoders': {decoders: {objective: 'autoencoder', every: 2}},
    'with noise for the decoders': {decoders: {objective: 'both', noise, drift: 0}},
    'with Adam for the decoders': {
      decoders: {optimizer: ADAM, warmupSteps: 5, every: 1},
    },
  })) {
    it(`continues a saved run exactly as the uninterrupted one, ${what}`, async () => {
      const [, model] = stockAndPaired(architectures[name]);
      model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
      await train(model, 3);
      const resumed = await reloaded(model);
      expect(resumed.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
      await train(model, 3);
      await train(resumed, 3);
      expect(valuesOf(resumed)).toEqual(valuesOf(model));
    });
  }

  it('continues after many steps exactly, where running powers have rounded', async () => {
    const model = await resumedAfter(30, {optimizer: ADAM, decoders: {optimizer: ADAM, every: 1}});
    expect(valuesOf(model.resumed)).toEqual(valuesOf(model.uninterrupted));
  });

  it('continues exactly where it was loaded and saved again without a step in between', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const config = {optimizer: ADAM, unpairedOptimizer: RMSPROP, decoders: {optimizer: ADAM}};
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    await train(model, 3);
    const resumed = await reloaded(await reloaded(model));
    for (const run of [model, resumed]) await train(run, 3);
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('of layers whose weights have numbers in their names continues exactly', async () => {
    const batch = {
      x: tf.randomUniform([8, 2], -1, 1, 'float32', 1),
      y: tf.randomUniform([8, 1], -1, 1, 'float32', 2),
    };
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 4, inputShape: [2], decoder: false}),
        new Shift({}),
        tf.layers.batchNormalization(),
        dtp.layers.dense({units: 1}),
      ],
    });
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    for (let step = 0; step < 3; step++) await model.trainOnBatch(batch.x, batch.y);
    const resumed = await reloaded(model);
    for (const run of [model, resumed]) await run.trainOnBatch(batch.x, batch.y);
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('leaves no tensor behind each time that it is saved', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const config = {optimizer: ADAM, decoders: {optimizer: ADAM}};
    const optimizer = new dtp.DTPOptimizer(config);
    model.compile({optimizer, loss: 'meanSquaredError'});
    const tensors = tf.memory().numTensors;
    await train(model, 1);
    const saved = await optimizer.getWeights();
    const afterOne = tf.memory().numTensors;
    await train(model, 1);
    await optimizer.getWeights();
    expect(tf.memory().numTensors).toBe(afterOne);
    // What was got first is what the optimizer has now.
    expect(saved[0].tensor.dataSync()[0]).toBe(2);
    saved[0].tensor.dispose();
    expect((await optimizer.getWeights())[0].tensor.dataSync()[0]).toBe(2);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('begins anew after it was disposed of', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const [, twin] = stockAndPaired(architectures[name]);
    const optimizer = new dtp.DTPOptimizer({optimizer: ADAM});
    model.compile({optimizer, loss: 'meanSquaredError'});
    await train(model, 2);
    optimizer.dispose();
    expect(optimizer.iterations).toBe(0);
    twin.setWeights(model.getWeights());
    twin.compile({
      optimizer: new dtp.DTPOptimizer({optimizer: ADAM}),
      loss: 'meanSquaredError',
    });
    for (const run of [model, twin]) await train(run, 2);
    expect(valuesOf(model)).toEqual(valuesOf(twin));
  });

  it('is gone with the optimizer', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const tensors = tf.memory().numTensors;
    const config = {optimizer: ADAM, unpairedOptimizer: ADAM, decoders: {optimizer: ADAM}};
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    await train(model, 2);
    expect(tf.memory().numTensors).toBeGreaterThan(tensors);
    model.optimizer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('continues with a frozen layer, and after it is trained again, exactly', async () => {
    const freeze = (model: tf.LayersModel, frozen: boolean) => {
      model.layers[1].trainable = !frozen;
      model.compile({optimizer: model.optimizer, loss: 'meanSquaredError'});
    };
    const [, model] = stockAndPaired(architectures[name]);
    model.compile({optimizer: new dtp.DTPOptimizer({optimizer: ADAM}), loss: 'meanSquaredError'});
    freeze(model, true);
    await train(model, 3);
    const resumed = await reloaded(model);
    freeze(resumed, true);
    for (const run of [model, resumed]) {
      await train(run, 2);
      freeze(run, false);
      await train(run, 2);
    }
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('continues a run of changing frozen layers exactly, whichever were frozen first', async () => {
    const momentum = {className: 'Momentum', config: {learningRate: 0.1, momentum: 0.9}};
    const config = {optimizer: momentum, unpairedOptimizer: momentum};
    // A stage trains only these layers; paired ones are 1, 5 and 7, stock ones 2, 6 and 8.
    const stage = async (model: tf.LayersModel, trained: number[]) => {
      for (const [i, layer] of model.layers.entries()) layer.trainable = trained.includes(i);
      model.compile({optimizer: model.optimizer, loss: 'meanSquaredError'});
      await train(model, 2);
    };
    const [, model] = stockAndPaired(architectures[name]);
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    await stage(model, [7, 8]);
    await stage(model, [1, 2, 5, 7, 8]);
    const resumed = await reloaded(model);
    for (const run of [model, resumed]) {
      await stage(run, [5, 6, 8]);
      await stage(run, [1, 2, 5, 6, 7, 8]);
    }
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('continues at the learning rate that was set last', async () => {
    const {uninterrupted, resumed} = await resumedAfter(3, {}, (optimizer) =>
      optimizer.setLearningRate(0.25),
    );
    expect((resumed.optimizer as dtp.DTPOptimizer).learningRate).toBe(0.25);
    expect(valuesOf(resumed)).toEqual(valuesOf(uninterrupted));
  });

  it('is loaded where a learning-rate schedule has ended at 0', async () => {
    const {uninterrupted, resumed} = await resumedAfter(2, {
      learningRate: (step) => Math.max(0, 0.1 * (2 - step)),
    });
    expect((resumed.optimizer as dtp.DTPOptimizer).learningRate).toBe(0);
    expect(valuesOf(resumed)).toEqual(valuesOf(uninterrupted));
  });

  it('goes over to an optimizer that has trained another model', async () => {
    const [, other] = stockAndPaired(architectures['relu classifier']);
    other.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const batch = data(architectures['relu classifier'], 8);
    await other.trainOnBatch(batch.x, batch.y);

    const {uninterrupted, resumed} = await resumedAfter(2, {});
    await other.optimizer.setWeights(await uninterrupted.optimizer.getWeights());
    uninterrupted.compile({optimizer: other.optimizer, loss: 'meanSquaredError'});
    for (const model of [uninterrupted, resumed]) await train(model, 2);
    expect(valuesOf(resumed)).toEqual(valuesOf(uninterrupted));
  });

  it('continues a learning-rate schedule at the step it had reached, once it is set again', async () => {
    const schedule = (step: number) => 1 / (1 + step);
    const [, model] = stockAndPaired(architectures[name]);
    const optimizer = new dtp.DTPOptimizer({learningRate: schedule});
    model.compile({optimizer, loss: 'meanSquaredError'});
    await train(model, 3);
    const resumed = await reloaded(model);
    (resumed.optimizer as dtp.DTPOptimizer).setLearningRate(schedule);
    expect((resumed.optimizer as dtp.DTPOptimizer).learningRate).toBe(1 / 4);
    await train(model, 3);
    await train(resumed, 3);
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('goes back to a saved state in the same program, leaving no tensor of the later one', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const optimizer = new dtp.DTPOptimizer({optimizer: ADAM, decoders: {optimizer: ADAM}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    await train(model, 3);
    const state = (await optimizer.getWeights()).map(({name, tensor}) => ({
      name,
      tensor: tensor.clone(),
    }));
    const weights = model.getWeights().map((weight) => weight.clone());
    await train(model, 3);
    const later = valuesOf(model);
    const tensors = tf.memory().numTensors;
    model.setWeights(weights);
    await optimizer.setWeights(state);
    await train(model, 3);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(valuesOf(model)).toEqual(later);
  });

  it('begins an inner optimizer that a saved run did not have, and goes on with the rest', async () => {
    const {uninterrupted} = await resumedAfter(2, {});
    const steps = uninterrupted.optimizer.iterations;
    const state = await uninterrupted.optimizer.getWeights();
    const optimizer = new dtp.DTPOptimizer({optimizer: ADAM});
    await optimizer.setWeights(state);
    uninterrupted.compile({optimizer, loss: 'meanSquaredError'});
    const before = valuesOf(uninterrupted);
    await train(uninterrupted, 1);
    expect(optimizer.iterations).toBe(steps + 1);
    // The first step of Adam is its rate in every weight that moves.
    const [[kernel], [moved]] = [before, valuesOf(uninterrupted)];
    const largest = Math.max(...kernel.map((value, i) => Math.abs(value - moved[i])));
    expect(largest).toBeCloseTo(ADAM.config.learningRate, 4);
  });

  it('refuses that of an inner optimizer of another class, and goes on as it was', async () => {
    const {uninterrupted: other} = await resumedAfter(1, {optimizer: RMSPROP});
    const {uninterrupted, resumed} = await resumedAfter(2, {optimizer: ADAM});
    const state = await other.optimizer.getWeights();
    const tensors = tf.memory().numTensors;
    await expectAsync(resumed.optimizer.setWeights(state)).toBeRejectedWithError(
      Error,
      /state loaded for optimizer is of the class RMSProp, expected Adam/,
    );
    expect(tf.memory().numTensors).toBe(tensors);
    for (const model of [uninterrupted, resumed]) await train(model, 2);
    expect(valuesOf(resumed)).toEqual(valuesOf(uninterrupted));
    await expectAsync(uninterrupted.optimizer.setWeights(state)).toBeRejected();
    const [, stranger] = stockAndPaired(architectures[name]);
    stranger.compile({optimizer: uninterrupted.optimizer, loss: 'meanSquaredError'});
    await expectAsync(train(stranger, 1)).toBeRejectedWithError(/has trained another one before/);
  });

  it('refuses that of an inner optimizer where there is none, and goes on as it was', async () => {
    for (const [role, config] of Object.entries({
      optimizer: {optimizer: ADAM},
      'decoders.optimizer': {decoders: {optimizer: ADAM, every: 1}},
    })) {
      const {uninterrupted: other} = await resumedAfter(1, config);
      const {uninterrupted, resumed} = await resumedAfter(2, {});
      const state = await other.optimizer.getWeights();
      const tensors = tf.memory().numTensors;
      await expectAsync(resumed.optimizer.setWeights(state)).toBeRejectedWithError(
        Error,
        new RegExp(`has that of a Adam for ${role}, expected none.*whose ${role} is a Adam`),
      );
      expect(tf.memory().numTensors).toBe(tensors);
      for (const model of [uninterrupted, resumed]) await train(model, 2);
      expect(valuesOf(resumed)).toEqual(valuesOf(uninterrupted));
    }
  });

  it('warms up the decoders that a saved run had not used yet', async () => {
    const [, model] = stockAndPaired(architectures['relu classifier']);
    const {x, y} = data(architectures['relu classifier'], 6);
    const stepWith = async (run: tf.LayersModel, firstTrained: number) => {
      for (const [i, layer] of run.layers.entries()) layer.trainable = i >= firstTrained;
      run.compile({optimizer: run.optimizer, loss: 'meanSquaredError'});
      await run.trainOnBatch(x, y);
    };
    const decoder = (run: tf.LayersModel) =>
      run.layers[1].getWeights()[2].abs().max().dataSync()[0];
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    await stepWith(model, 1);
    expect(decoder(model)).toBe(0);
    const resumed = await reloaded(model);
    await stepWith(model, 0);
    await stepWith(resumed, 0);
    expect(decoder(resumed)).toBeGreaterThan(0);
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('warms up the decoders that a checkpoint lacks, loaded without strictness', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    const optimizer = new dtp.DTPOptimizer({decoders: {damping: 1}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    await train(model, 3);
    const artifacts = await artifactsOf(model);
    const resumed = await tf.loadLayersModel(tf.io.fromMemory(await withoutDecoders(artifacts)), {
      strict: false,
    });
    const decoders = () =>
      resumed.weights.filter((w) => /decoder_kernel/.test(w.name)).map((w) => w.read().clone());
    for (const decoder of decoders()) expect(decoder.abs().max().dataSync()[0]).toBe(0);
    await train(resumed, 1);
    const [first, ...others] = decoders();
    expect(first.abs().max().dataSync()[0]).withContext('needs none').toBe(0);
    for (const decoder of others) {
      const {x} = data(architectures[name], 8);
      expect(decoder.abs().max().dataSync()[0]).toBeGreaterThan(0.05);
      expect((resumed.predict(x) as tf.Tensor).isNaN().any().dataSync()[0]).toBe(0);
    }
    expect((resumed.optimizer as dtp.DTPOptimizer).iterations).toBe(4);
  });

  it('warms up decoders that are new in a run whose state is loaded, wherever their kernels start', async () => {
    const [, model] = stockAndPaired(architectures[name]);
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    await train(model, 3);
    for (const kernelInitializer of ['zeros', 'glorotUniform'] as const) {
      const renewed = dtp.convert(dtp.revert(model), {decoder: {kernelInitializer}});
      const optimizer = new dtp.DTPOptimizer();
      renewed.compile({optimizer, loss: 'meanSquaredError'});
      await optimizer.setWeights(await model.optimizer.getWeights());
      await train(renewed, 1);
      for (const {decoder} of renewed.layers.filter((layer) => layer instanceof dtp.DTPDense)) {
        if (decoder === null) continue;
        expect(decoder.bias.read().abs().max().dataSync()[0])
          .withContext(kernelInitializer)
          .toBeGreaterThan(0);
      }
    }
  });

  for (const architecture of ['mirror', 'mlp'] as const) {
    for (const optimizer of [null, ADAM]) {
      const by = optimizer === null ? 'the Gram step' : 'Adam';
      it(`continues with decoders that sample, exactly: ${architecture} by ${by}`, async () => {
        const model = withDecoders({architecture});
        const decoders = {optimizer, warmupSteps: 5, every: 1};
        model.compile({optimizer: new dtp.DTPOptimizer({decoders}), loss: 'meanSquaredError'});
        await train(model, 3);
        const resumed = await reloaded(model);
        await train(model, 3);
        await train(resumed, 3);
        expect(valuesOf(resumed)).toEqual(valuesOf(model));
      });
    }
  }
});
