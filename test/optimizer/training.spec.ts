import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const configurations: Record<string, dtp.DTPOptimizerConfig> = {
  default: {},
  'three iterations from the decoder': {
    inversion: {iterations: 3, start: 'decoder'},
    influence: 'paper',
  },
  'the delta rule and auto-encoders': {
    update: {rule: 'example'},
    influence: 'uniform',
    decoders: {objective: 'autoencoder', every: 1, warmupSteps: 2},
  },
  'decoders with noise, through momentum': {
    decoders: {
      objective: 'both',
      noise: {input: 0.1, output: 0.1},
      optimizer: {className: 'Momentum', config: {learningRate: 0.1, momentum: 0.5}},
      every: 1,
      warmupSteps: 2,
    },
  },
  'decoders that learn before': {decoders: {when: 'before', drift: 0}},
  'the decoder at its word': {inversion: {scheme: 'none'}, learningRate: 0.1, influence: 'none'},
  'transposed weights': {feedback: 'gradient', learningRate: 0.3},
  'momentum inside': {
    optimizer: {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.5}},
    learningRate: 0.3,
  },
};

function compiled(name: string, config: dtp.DTPOptimizerConfig): tf.LayersModel {
  const [stock, paired] = stockAndPaired(architectures[name]);
  stock.dispose();
  paired.compile({
    optimizer: new dtp.DTPOptimizer(config),
    loss: 'meanSquaredError',
    metrics: ['mae'],
  });
  return paired;
}

/** A tanh network that narrows and widens, with the same weights every time. */
function narrowAndWide(architecture: dtp.DecoderArchitectureName): tf.LayersModel {
  const model = tf.sequential({
    layers: [8, 4, 7, 3].map((units, i) =>
      dtp.layers.dense({
        units,
        activation: i < 3 ? 'tanh' : 'linear',
        ...(i === 0 ? {inputShape: [5]} : {}),
        decoder: i > 0 && {architecture},
      }),
    ),
  });
  tf.tidy(() => {
    for (const [i, weight] of model.trainableWeights.entries()) {
      weight.write(tf.randomNormal(weight.shape as number[], 0, 0.5, 'float32', 100 + i));
    }
  });
  return model;
}

async function lossOf(model: tf.LayersModel, {x, y}: ReturnType<typeof data>): Promise<number> {
  const losses = [model.evaluate(x, y)].flat();
  const [loss] = await losses[0].data();
  tf.dispose(losses);
  return loss;
}

onEveryBackendButWebgl('training with DTPOptimizer', () => {
  for (const name of Object.keys(architectures)) {
    it(`lowers the loss in the default configuration: ${name}`, async () => {
      const model = compiled(name, {});
      const batch = data(architectures[name], 16);
      const before = await lossOf(model, batch);
      await model.fit(batch.x, batch.y, {epochs: 12, batchSize: 6, verbose: 0});
      expect(await lossOf(model, batch)).toBeLessThan(0.8 * before);
    });
  }

  for (const [name, config] of Object.entries(configurations)) {
    it(`leaves the number of tensors where it was, step after step: ${name}`, async () => {
      const model = compiled('stock layers in between', config);
      const batch = data(architectures['stock layers in between'], 6);
      await model.trainOnBatch(batch.x, batch.y); // Inner optimizers make their state here.
      const before = tf.memory().numTensors;
      for (let step = 0; step < 5; step++) await model.trainOnBatch(batch.x, batch.y);
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  for (const architecture of Object.keys(dtp.decoderArchitectures)) {
    it(`lowers the loss with every objective, and leaks nothing, with decoders: ${architecture}`, async () => {
      for (const objective of Object.keys(dtp.decoderObjectives)) {
        const model = narrowAndWide(architecture as dtp.DecoderArchitectureName);
        const decoders = {objective: objective as dtp.DecoderObjectiveName, warmupSteps: 10};
        const optimizer = new dtp.DTPOptimizer({decoders});
        model.compile({optimizer, loss: 'meanSquaredError'});
        const batch = data({inputs: [[5]], outputs: [[3]]}, 16);
        const before = await lossOf(model, batch);
        await model.trainOnBatch(batch.x, batch.y);
        const tensors = tf.memory().numTensors;
        for (let step = 0; step < 15; step++) await model.trainOnBatch(batch.x, batch.y);
        expect(tf.memory().numTensors).toBe(tensors);
        expect(await lossOf(model, batch))
          .withContext(objective)
          .toBeLessThan(0.7 * before);
      }
    });
  }

  it('leaves the number of tensors where it was over 300 steps of every way to train', async () => {
    const model = compiled('relu classifier', {});
    const {x, y} = data(architectures['relu classifier'], 10);
    const examples = tf.data.zip({
      xs: tf.data.array(await (x as tf.Tensor2D).array()),
      ys: tf.data.array(await (y as tf.Tensor2D).array()),
    });
    const before = tf.memory().numTensors;
    await model.fit(x, y, {epochs: 20, batchSize: 2, verbose: 0});
    await model.fitDataset(examples.batch(1), {epochs: 10, verbose: 0});
    for (let step = 0; step < 100; step++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(before);
    expect((model.optimizer as dtp.DTPOptimizer).iterations).toBe(300);
  });

  it('repeats the same losses to the last bit with the same seed', async () => {
    const run = async (seed: number) => {
      // Warmed up decoders have forgotten where they started.
      const model = compiled('relu classifier', {seed, decoders: {warmupSteps: 0, drift: 0}});
      const {x, y} = data(architectures['relu classifier'], 12);
      const options = {epochs: 4, batchSize: 4, shuffle: false, verbose: 0} as const;
      return (await model.fit(x, y, options)).history.loss;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  it('calls the loss function once a step, and returns its value', () => {
    const [, model] = stockAndPaired(architectures['relu classifier']);
    const {x, y} = data(architectures['relu classifier'], 4);
    let calls = 0;
    const loss = () => {
      calls++;
      return tf.losses.meanSquaredError(y as tf.Tensor, model.apply(x) as tf.Tensor) as tf.Scalar;
    };
    const before = loss().dataSync();
    const cost = new dtp.DTPOptimizer().minimize(loss, true) as tf.Scalar;
    expect(calls).toBe(2);
    expect(cost.dataSync()).toEqual(before);
  });

  it('begins with a layer that the loss function builds as with one that it has not been asked to train', () => {
    const x = tf.randomNormal([6, 3], 0, 1, 'float32', 1);
    const [inside, before] = [false, true].map((isBuilt) => {
      const [low, top] = [5, 2].map((units, i) => {
        const kernelInitializer = tf.initializers.randomNormal({seed: i + 1});
        return dtp.layers.dense({units, kernelInitializer, activation: 'tanh'});
      });
      low.build([null, 3]);
      if (isBuilt) top.apply(low.apply(x));
      const optimizer = new dtp.DTPOptimizer();
      const loss = () => (top.apply(low.apply(x)) as tf.Tensor).square().mean() as tf.Scalar;
      for (const layers of [[low], [low, top], [low, top]]) {
        const trained = layers.flatMap(({trainableWeights}) => trainableWeights);
        optimizer.minimize(
          loss,
          false,
          trained.map((weight) => weight.read() as tf.Variable),
        );
      }
      return [low, top].flatMap((layer) => layer.getWeights());
    });
    for (const [i, weight] of inside.entries()) expectTensorsClose(weight, before[i], 0);
  });

  it('leaves frozen layers as they are and trains the others', async () => {
    const [, model] = stockAndPaired(architectures['relu classifier']);
    model.layers[1].trainable = false;
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const kernels = () => model.layers.map((layer) => layer.getWeights()[0].clone());
    const before = kernels();
    const {x, y} = data(architectures['relu classifier'], 4);
    await model.trainOnBatch(x, y);
    const moved = kernels().map(
      (kernel, i) => kernel.notEqual(before[i]).any().dataSync()[0] === 1,
    );
    expect(moved).toEqual([true, false, true]);
  });

  it('does no work for the decoder of a layer whose input is the data', async () => {
    const model = compiled('relu classifier', {});
    const {x, y} = data(architectures['relu classifier'], 4);
    await model.trainOnBatch(x, y);
    const decoders = model.layers.map((layer) => layer.getWeights()[2].abs().max().dataSync()[0]);
    expect(decoders[0]).toBe(0);
    expect(decoders[1]).toBeGreaterThan(0);
    expect(decoders[2]).toBeGreaterThan(0);
  });

  for (const when of ['after', 'before'] as const) {
    it(`teaches decoders in every so manyth step, and in no other: ${when}`, async () => {
      const decoders = {when, every: 2, drift: 0, warmupSteps: 0};
      const model = compiled('relu classifier', {decoders});
      const {x, y} = data(architectures['relu classifier'], 4);
      const decoder = () => Array.from(model.layers[1].getWeights()[2].dataSync());
      const taught: boolean[] = [];
      for (let step = 0; step < 4; step++) {
        const before = decoder();
        await model.trainOnBatch(x, y);
        taught.push(decoder().some((value, i) => value !== before[i]));
      }
      expect(taught).toEqual([true, false, true, false]);
    });

    it(`teaches the decoder of a layer once a step, from all of its calls: ${when}`, async () => {
      const rows: number[] = [];
      const objective = 'noted' as dtp.DecoderObjectiveName;
      const objectives = dtp.decoderObjectives as Record<string, dtp.DecoderObjective>;
      objectives[objective] = (state, batch, options) => {
        rows.push(batch.input.shape[0]);
        return dtp.decoderObjectives.autoencoder(state, batch, options);
      };
      try {
        const shared = dtp.layers.dense({units: 4, activation: 'tanh'});
        const model = tf.sequential({
          layers: [dtp.layers.dense({units: 4, inputShape: [3], decoder: false}), shared],
        });
        const twice = shared.apply(model.output) as tf.SymbolicTensor;
        const whole = tf.model({
          inputs: model.input,
          outputs: shared.apply(twice) as tf.SymbolicTensor,
        });
        const optimizer = new dtp.DTPOptimizer({
          schedule: 'parallel',
          decoders: {objective, when, drift: 0, warmupSteps: 0},
        });
        whole.compile({optimizer, loss: 'meanSquaredError'});
        for (let step = 0; step < 2; step++) {
          await whole.trainOnBatch(tf.ones([5, 3]), tf.ones([5, 4]));
        }
        // The lessons before the first use take no step; they see the call that needs them.
        expect(rows).toEqual([5, 15, 15]);
      } finally {
        delete objectives[objective];
      }
    });
  }

  for (const [what, config] of Object.entries<dtp.DTPOptimizerConfig>({
    'as it asked to': {learningRate: 0.1},
    'through an inner optimizer': {
      optimizer: {className: 'Momentum', config: {learningRate: 0.1, momentum: 0.9}},
    },
    'as it decayed': {learningRate: 1e-3, weightDecay: 0.9},
    'as far as it was clipped': {learningRate: 1, clipNorm: 0.01},
    'before targets come down': {learningRate: 0.1, decoders: {when: 'before'}},
  })) {
    it(`teaches a decoder where its layer has moved by the drift since its last lesson, ${what}`, async () => {
      const drift = 0.03;
      const decoders = {...config.decoders, drift};
      const model = compiled('relu classifier', {...config, decoders});
      const {x, y} = data(architectures['relu classifier'], 4);
      const [kernel, , decoder] = [0, 1, 2].map((i) => () => model.layers[1].getWeights()[i]);
      await model.trainOnBatch(x, y);
      let moved: number | null = null;
      for (let step = 0; step < 40; step++) {
        const [w, v] = [kernel().clone(), decoder().clone()];
        await model.trainOnBatch(x, y);
        const taught = decoder().sub(v).abs().max().dataSync()[0] > 0;
        const move = kernel().sub(w).norm().div(w.norm()).dataSync()[0];
        // From the first lesson that is seen on, it is known how far the layer has moved since.
        if (moved !== null) {
          if (decoders.when !== 'before') moved += move;
          if (Math.abs(moved - drift) > 1e-5) expect(taught).toBe(moved >= drift);
        }
        if (taught) moved = 0;
        if (moved !== null && decoders.when === 'before') moved += move;
      }
      expect(moved).not.toBeNull();
    });
  }

  it('counts how far a layer has moved while all below is frozen, too', async () => {
    const model = compiled('relu classifier', {decoders: {drift: 1e9}});
    const {x, y} = data(architectures['relu classifier'], 4);
    await model.trainOnBatch(x, y);
    model.layers[0].trainable = false;
    model.compile({optimizer: model.optimizer, loss: 'meanSquaredError'});
    const driftOf = async () => {
      const state = await model.optimizer.getWeights();
      const [names, drifts] = ['warm', 'drift'].map((what) =>
        Array.from(state.find(({name}) => name === `decoders/${what}`)?.tensor.dataSync() ?? []),
      );
      return Number(drifts[(names as unknown[]).indexOf(model.layers[1].name)]);
    };
    let moved = await driftOf();
    for (let step = 0; step < 5; step++) {
      const kernel = model.layers[1].getWeights()[0].clone();
      await model.trainOnBatch(x, y);
      const change = model.layers[1].getWeights()[0].sub(kernel);
      moved += change.norm().div(kernel.norm()).dataSync()[0];
    }
    expect(await driftOf()).toBeCloseTo(moved, 5);
  });

  for (const lacking of [2, 8]) {
    it(`damps decoders in proportion to p, where so many examples lack alike: ${lacking} of 8`, async () => {
      const model = tf.sequential({
        layers: [
          dtp.layers.dense({units: 4, inputShape: [3], decoder: false}),
          dtp.layers.dense({units: 3}),
        ],
      });
      const decoders = {damping: 2, drift: 0, warmupSteps: 0};
      const optimizer = new dtp.DTPOptimizer({learningRate: () => 0, decoders});
      model.compile({optimizer, loss: 'meanSquaredError'});
      const x = tf.randomNormal([8, 3], 0, 1, 'float32', 1);
      const wrong = tf.range(0, 8).less(lacking).toFloat().expandDims(1);
      const y = (model.predict(x) as tf.Tensor).add(wrong);
      for (let step = 0; step < 200; step++) await model.trainOnBatch(x, y);

      // (WᵀW + μI) G = Wᵀ, as inputs move freely; p of three outputs.
      const p = Math.min(1, ((1 + 2 / 3) * lacking) / 8);
      const [w, , g] = model.layers[1].getWeights() as tf.Tensor2D[];
      const covariance = w.transpose().matMul(w);
      const mu = w
        .square()
        .sum()
        .div(3)
        .mul(2 * p);
      expectTensorsClose(covariance.add(tf.eye(3).mul(mu)).matMul(g), w.transpose(), 1e-4);
    });
  }

  for (const objective of ['reverse', 'both', 'perturbation', 'autoencoder'] as const) {
    it(`teaches decoders that have no first lessons, by steps of their size: ${objective}`, async () => {
      const decoders = {objective, warmupSteps: 0};
      const model = compiled('relu classifier', {decoders});
      const {x, y} = data(architectures['relu classifier'], 8);
      for (let step = 0; step < 4; step++) await model.trainOnBatch(x, y);
      for (const layer of model.layers.slice(1)) {
        const kernel = (layer as dtp.DTPDense).decoder?.kernel.read() as tf.Tensor;
        const largest = kernel.abs().max().dataSync()[0];
        expect(largest).toBeGreaterThan(0);
        expect(largest).toBeLessThan(10);
      }
    });
  }

  it('goes on with another objective than before', async () => {
    const model = compiled('relu classifier', {decoders: {objective: 'autoencoder'}});
    const {x, y} = data(architectures['relu classifier'], 8);
    await model.trainOnBatch(x, y);
    const optimizer = new dtp.DTPOptimizer({decoders: {drift: 0}});
    await optimizer.setWeights(await model.optimizer.getWeights());
    model.compile({optimizer, loss: 'meanSquaredError'});
    for (let step = 0; step < 4; step++) await model.trainOnBatch(x, y);
    for (const weight of model.getWeights()) {
      expect(weight.abs().max().dataSync()[0]).toBeLessThan(10);
    }
  });

  it('teaches the decoder of a frozen layer that had no first lessons', async () => {
    const model = compiled('relu classifier', {});
    model.layers[1].trainable = false;
    const optimizer = new dtp.DTPOptimizer({decoders: {warmupSteps: 0}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const {x, y} = data(architectures['relu classifier'], 8);
    const before = model.layers[0].getWeights()[0].clone();
    for (let step = 0; step < 2; step++) await model.trainOnBatch(x, y);
    expect(model.layers[0].getWeights()[0].sub(before).abs().max().dataSync()[0]).toBeGreaterThan(
      0,
    );
  });

  it('leaves the decoder of a frozen layer as it is', async () => {
    const model = compiled('relu classifier', {decoders: {drift: 1e-9}});
    const {x, y} = data(architectures['relu classifier'], 4);
    await model.trainOnBatch(x, y);
    model.layers[1].trainable = false;
    model.compile({optimizer: model.optimizer, loss: model.loss});
    const decoders = () => [1, 2].map((l) => model.layers[l].getWeights(false));
    const before = decoders().map((weights) => weights.map((weight) => weight.clone()));
    await model.trainOnBatch(x, y);
    const moved = decoders().map((weights, l) =>
      weights.some((weight, i) => weight.sub(before[l][i]).abs().max().dataSync()[0] > 0),
    );
    expect(moved).toEqual([false, true]);
  });

  it('shrinks weights by their regulariser where there is nothing else, by its own Newton step but for damping', async () => {
    const [x, y] = [tf.zeros([4, 3]), tf.zeros([4, 2])];
    const [rate, l2, damping] = [0.5, 0.1, 0.3];
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({
          units: 2,
          inputShape: [3],
          kernelRegularizer: tf.regularizers.l2({l2}),
        }),
      ],
    });
    const bounds = {noise: null};
    const optimizer = new dtp.DTPOptimizer({learningRate: rate, update: {damping}, bounds});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const [kernel] = model.getWeights().map((weight) => weight.clone());
    await model.trainOnBatch(x, y);
    // λ is the damping, of inputs whose squared length is the bias's 1, and the curvature of the penalty.
    const curvature = rate * 4 * 2 * l2;
    expectTensorsClose(model.getWeights()[0], kernel.mul(damping / (damping + curvature)), 1e-5);
  });

  it('makes the step that an inner gradient descent of rate 1 makes', async () => {
    const weights = [];
    for (const optimizer of [null, tf.train.sgd(1)]) {
      const model = compiled('relu classifier', {optimizer});
      const {x, y} = data(architectures['relu classifier'], 4);
      await model.trainOnBatch(x, y);
      weights.push(model.getWeights(true).map((weight) => weight.clone()));
    }
    for (const [i, weight] of weights[0].entries()) {
      expect(weight.sub(weights[1][i]).abs().max().dataSync()[0]).toBeLessThan(1e-6);
    }
  });

  it('changes nothing at a learning rate of 0, where a schedule may end', async () => {
    const model = compiled('relu classifier', {learningRate: () => 0});
    const {x, y} = data(architectures['relu classifier'], 4);
    const values = () => model.getWeights(true).map((weight) => Array.from(weight.dataSync()));
    const before = values();
    await model.trainOnBatch(x, y);
    expect(values()).toEqual(before);
  });

  it('follows a learning-rate schedule by the step', async () => {
    const asked: number[] = [];
    const learningRate = (step: number) => {
      asked.push(step);
      return 0.1;
    };
    const model = compiled('one layer', {learningRate});
    const {x, y} = data(architectures['one layer'], 4);
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    expect([...new Set(asked)]).toEqual([0, 1, 2]);
  });
});
