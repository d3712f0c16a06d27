import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {norms, squaredNorms} from '../../src/tensors/per_example';
import {
  decreaseLimit,
  decreasePart,
  fewExamplesPart,
  noiseLimit,
  partWithin,
  restraint,
  squaredKernelSize,
  togetherPart,
} from '../../src/updates/bounds';
import {invertibleNet, pairedModel, squaredError, wanted, x} from '../laws/invertible_net';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {scaled} from '../support/float64';
import {reloaded} from '../support/reloaded';
import {pass} from '../targets/pass';

describe('decreasePart', () => {
  it('shortens a step to the limit times the loss', () => {
    expect(decreasePart(2, 3, 24) * 24).toBe(2 * 3);
  });

  it('takes a step whole within the limit, without one, and where a loss has no bound', () => {
    expect(decreasePart(2, 3, 6)).toBe(1);
    expect(decreasePart(null, 3, 1e9)).toBe(1);
    expect(decreasePart(2, -3, 24)).toBe(1);
    expect(decreasePart(2, 0, 1)).toBe(1);
    expect(decreasePart(2, 3, -1)).toBe(1);
  });
});

describe('decreaseLimit', () => {
  it('is times what the layers can make of what is wanted of them, where that is not all', () => {
    expect(decreaseLimit(2, [0.1, 0.2, 0.3], 1, 1)).toBeCloseTo(2 * 0.6, 12);
    expect(decreaseLimit(2, Array(30).fill(1), 1, 1)).toBe(2);
  });

  it('is times p^(−⅙) either way', () => {
    expect(decreaseLimit(2, [0.1, 0.2, 0.3], 1 / 64, 1)).toBeCloseTo(2 * 0.6 * 2, 12);
    expect(decreaseLimit(2, Array(30).fill(1), 1 / 64, 1)).toBeCloseTo(2 * 2, 12);
  });

  it('is as many times less as a step is restrained', () => {
    expect(decreaseLimit(2, [0.1, 0.2, 0.3], 1, 8)).toBeCloseTo((2 * 0.6) / 8, 12);
  });

  it('is none without a limit', () => {
    expect(decreaseLimit(null, [1], 1, 8)).toBeNull();
  });
});

describe('restraint', () => {
  /** p where m of B examples have all the error, each as much. */
  const shared = (m: number, B: number) => m / B;

  it('is 8 where half of the other examples share the error with one, after 200 steps, and (2 w)³ before', () => {
    for (const B of [3, 65, 1001]) {
      const half = shared(1 + (B - 1) / 2, B);
      expect(restraint(half, B, 10, 199)).toBeCloseTo(8, 9);
      expect(restraint(half, B, 10, 1e6)).toBeCloseTo(8, 9);
      expect(restraint(half, B, 10, 149)).toBeCloseTo((2 * 0.75) ** 3, 9);
      expect(restraint(half, B, 10, 99)).toBe(1);
    }
  });

  it('is none of outputs with one or two entries', () => {
    for (const entries of [1, 2]) expect(restraint(0.5, 64, entries, 1e6)).toBe(1);
    expect(restraint(0.5, 64, 3, 1e6)).toBeGreaterThan(7);
  });

  it('is none where a few examples have the error, or all alike, or there is but one', () => {
    for (const t of [0, 199, 1e6]) {
      for (const m of [1, 5, 60, 64]) expect(restraint(shared(m, 64), 64, 10, t)).toBe(1);
      expect(restraint(1, 1, 10, t)).toBe(1);
      // A share of all others by which all but one are without.
      expect(restraint(0.001, 64, 10, t)).toBe(1);
    }
  });
});

describe('togetherPart', () => {
  it('lets all layers together make the limit of what each of them aims at', () => {
    const fits = [1, 0.5, 0.8];
    const part = togetherPart(0.7, fits);
    expect(part * fits[0] + part * fits[1] + part * fits[2]).toBeCloseTo(0.7, 12);
  });

  it('takes a step whole where they make no more than the limit, and without one', () => {
    expect(togetherPart(1, [0.25, 0.5])).toBe(1);
    expect(togetherPart(1, [])).toBe(1);
    expect(togetherPart(null, [1, 1, 1])).toBe(1);
  });
});

describe('partWithin', () => {
  it('shortens a change to the limit times the size', () => {
    expect(partWithin(0.1, 0.25, 4) * Math.sqrt(0.25)).toBeCloseTo(0.1 * Math.sqrt(4), 12);
  });

  it('takes a change whole within the limit, without one, and of what has no size', () => {
    expect(partWithin(0.1, 0.04, 4)).toBe(1);
    expect(partWithin(0.1, 0, 4)).toBe(1);
    // What rounding may leave of a change of nothing.
    expect(partWithin(0.1, -0, 4)).toBe(1);
    expect(partWithin(null, 9, 4)).toBe(1);
    expect(partWithin(0.1, 9, 0)).toBe(1);
  });
});

describe('squaredKernelSize', () => {
  const kernels = {
    dense: [dtp.layers.dense({units: 40}), [30]],
    conv2d: [dtp.layers.conv2d({filters: 24, kernelSize: 3}), [5, 5, 16]],
    conv2dTranspose: [dtp.layers.conv2dTranspose({filters: 24, kernelSize: 3}), [5, 5, 16]],
  } as const;

  for (const [kind, [layer, shape]] of Object.entries(kernels)) {
    it(`is at least a quarter of what Glorot's weights have: ${kind}`, () => {
      layer.apply(tf.zeros([1, ...shape]));
      const [kernel] = layer.getWeights();
      const squares = [1, 2, 3, 4].map((seed) => {
        const initial = tf.initializers.glorotUniform({seed}).apply(kernel.shape);
        return initial.square().sum().dataSync()[0];
      });
      const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
      expect(squaredKernelSize(0, kernel.shape) / (mean / 4)).toBeCloseTo(1, 1);
      expect(squaredKernelSize(mean, kernel.shape)).toBe(mean);
    });
  }
});

describe('fewExamplesPart', () => {
  it('is 4 times the limit at first, at most 1, and falls as that of mini-batches of 32 would', () => {
    expect(fewExamplesPart(0.1, 1, 0)).toBeCloseTo(0.4, 12);
    expect(fewExamplesPart(9, 1, 0)).toBe(1);
    const after = (examples: number, seen: number) =>
      fewExamplesPart(0.25, examples, seen / examples);
    for (const examples of [1, 2, 3]) {
      expect(after(examples, 32 * 3)).toBeCloseTo(1 / 2, 12);
      expect(after(examples, 32 * 99)).toBeCloseTo(1 / 10, 12);
    }
  });

  it('is all without a limit, and of no account from 4 examples on', () => {
    expect(fewExamplesPart(null, 2, 1000)).toBe(1);
    expect(fewExamplesPart(0.25, 4, 1000)).toBeNull();
  });
});

describe('noiseLimit', () => {
  it('is the limit in the first step and falls by √(t + 1)', () => {
    expect(noiseLimit(0.5, 1, 0)).toBe(0.5);
    for (const t of [1, 7, 10_000]) {
      expect((noiseLimit(0.5, 1, t) as number) ** 2 * (t + 1)).toBeCloseTo(0.25, 12);
    }
  });

  it('goes by 1 / p², so that what few examples lack is hardly limited', () => {
    for (const p of [1 / 64, 0.3, 1]) {
      const limit = noiseLimit(0.01, p, 7) as number;
      expect(limit * p ** 2).toBeCloseTo(noiseLimit(0.01, 1, 7) as number, 12);
    }
  });

  it('is none without a limit', () => {
    expect(noiseLimit(null, 1, 0)).toBeNull();
  });
});

onEveryBackend('the bounds of a training step', () => {
  /** Two epochs of regression with one output, whose squared error overshoots at rate 1. */
  async function losses(config: dtp.DTPOptimizerConfig): Promise<number[]> {
    const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
    const y = x.square().sum(1, true).add(5);
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 16, activation: 'relu', inputShape: [4], decoder: false}),
        dtp.layers.dense({units: 16, activation: 'relu'}),
        dtp.layers.dense({units: 1}),
      ],
    });
    for (const [i, layer] of model.layers.entries()) {
      const [kernel, ...rest] = layer.getWeights();
      const value = tf.randomNormal(kernel.shape, 0, 0.3, 'float32', 5 + i);
      layer.setWeights([value, ...rest]);
    }
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    const options = {epochs: 3, batchSize: 16, shuffle: false, verbose: 0} as const;
    return (await model.fit(x, y, options)).history.loss as number[];
  }

  it('keeps a loss from exploding that explodes without it', async () => {
    const [first, , last] = await losses({onNonFinite: 'skip'});
    expect(last).toBeLessThan(0.5 * first);
    const [, , exploded] = await losses({
      bounds: {decrease: null, shift: null, noise: null},
      onNonFinite: 'skip',
    });
    expect(exploded > 10 * first || Number.isNaN(exploded)).toBeTrue();
  });

  describe('with transposed weights, whose prediction is exact to first order', () => {
    /** By what part of itself a loss falls in a step that is limited to 1 % of it, and some labels. */
    async function fallen(
      x: tf.Tensor2D,
      layers: tf.layers.Layer[],
      labelsFrom: (predicted: tf.Tensor) => tf.Tensor,
    ): Promise<number> {
      const model = tf.sequential({layers});
      const optimizer = new dtp.DTPOptimizer({
        feedback: 'gradient',
        update: {damping: 0},
        bounds: {decrease: 0.01, shift: null, noise: null},
      });
      model.compile({optimizer, loss: 'meanSquaredError'});
      const y = labelsFrom(model.predict(x) as tf.Tensor);
      const before = (await model.trainOnBatch(x, y)) as number;
      const after = (await model.trainOnBatch(x, y)) as number;
      return (before - after) / before;
    }

    const signs = (count: number) => tf.randomNormal([count, 3], 0, 1, 'float32', 2).sign();
    /** Layers with more inputs than there are rows, so that each can make all that is wanted of it. */
    const rows = () => tf.randomNormal<tf.Rank.R2>([4, 6], 0, 1, 'float32', 1);
    const layers = () => [
      dtp.layers.dense({units: 8, activation: 'tanh', inputShape: [6]}),
      dtp.layers.dense({units: 3}),
    ];

    it('lets a loss fall by the limit where all examples lack alike', async () => {
      const part = await fallen(rows(), layers(), (predicted) => predicted.add(signs(4)));
      expect(part / 0.01).toBeCloseTo(1, 1);
    });

    it('lets it fall by p^(−⅙) times as much where few lack all there is', async () => {
      const lacking = tf.tensor2d([[1], [0], [0], [0]]);
      const labels = (predicted: tf.Tensor) => predicted.add(signs(4).mul(lacking));
      // p = (1 + 2 / 3) / 4, of three outputs.
      const part = await fallen(rows(), layers(), labels);
      expect(part / 0.01).toBeCloseTo((12 / 5) ** (1 / 6), 1);
    });

    it('lets it fall by less where a layer cannot make all that is wanted of it', async () => {
      // Rows that are all the same have one answer, the mean.
      const x = tf.ones<tf.Rank.R2>([9, 2]);
      const wanted = signs(9);
      const fit = wanted.mean(0).square().sum().div(wanted.square().sum(1).mean()).dataSync()[0];
      const layer = dtp.layers.dense({units: 3, inputShape: [2]});
      const part = await fallen(x, [layer], (predicted) => predicted.add(wanted));
      expect(fit).toBeLessThan(0.5);
      expect(part / (0.01 * fit)).toBeCloseTo(1, 1);
    });
  });

  it('lets layers that make all that is wanted share it, or each make it all without the bound', async () => {
    // More inputs than there are rows, so that each layer can make all of it.
    const x = tf.randomNormal<tf.Rank.R2>([4, 6], 0, 1, 'float32', 1);
    const y = tf.randomNormal([4, 3], 0, 1, 'float32', 2);
    const layers = [dtp.layers.dense({units: 8, inputShape: [6]}), dtp.layers.dense({units: 3})];
    const model = tf.sequential({layers});
    const weights = () =>
      layers.flatMap((layer) => layer.getWeights().slice(0, 2)).map((weight) => weight.clone());
    const start = model.getWeights().map((weight) => weight.clone());
    const changes = async (together: number | null) => {
      model.setWeights(start);
      const bounds = {together, decrease: null, shift: null, noise: null};
      const update = {damping: 0, balance: 0};
      const optimizer = new dtp.DTPOptimizer({feedback: 'gradient', update, bounds});
      model.compile({optimizer, loss: 'meanSquaredError'});
      const before = weights();
      await model.trainOnBatch(x, y);
      return weights().map((weight, i) => weight.sub(before[i]));
    };
    const [whole, one, most] = [await changes(null), await changes(1), await changes(1.5)];
    for (const [i, change] of whole.entries()) {
      expectTensorsClose(one[i], change.div(2), 1e-4);
      expectTensorsClose(most[i], change.mul(0.75), 1e-4);
    }
  });

  it('moves the outputs of a hidden layer by the limit and no further', async () => {
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
    const y = tf.randomNormal([16, 3], 0, 100, 'float32', 2);
    const first = dtp.layers.dense({units: 8, inputShape: [4]});
    const model = tf.sequential({layers: [first, dtp.layers.dense({units: 3})]});
    const bounds = {decrease: null, shift: 0.02, noise: null};
    model.compile({optimizer: new dtp.DTPOptimizer({bounds}), loss: 'meanSquaredError'});
    const before = first.apply(x) as tf.Tensor;
    await model.trainOnBatch(x, y);
    const moved = (first.apply(x) as tf.Tensor).sub(before);
    expect(moved.norm().div(before.norm()).dataSync()[0]).toBeCloseTo(0.02, 4);
  });

  it('changes a kernel by the limit and no further', async () => {
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
    const y = tf.randomNormal([16, 3], 0, 100, 'float32', 2);
    const layers = [dtp.layers.dense({units: 8, inputShape: [4]}), dtp.layers.dense({units: 3})];
    const model = tf.sequential({layers});
    const bounds = {decrease: null, shift: null, noise: null, weights: 0.02};
    model.compile({optimizer: new dtp.DTPOptimizer({bounds}), loss: 'meanSquaredError'});
    const before = layers.map((layer) => layer.getWeights()[0].clone());
    await model.trainOnBatch(x, y);
    for (const [i, layer] of layers.entries()) {
      const change = layer.getWeights()[0].sub(before[i]);
      expect(change.norm().div(before[i].norm()).dataSync()[0]).toBeCloseTo(0.02, 4);
    }
  });

  it('let a single weight change its sign, and a kernel grow that starts far too small', async () => {
    const x = tf.tensor2d([-1, 0, 1, 2, 3, 4], [6, 1]);
    const y = x.mul(2).sub(1);
    for (const value of [-1, -0.01, 0, 0.01, 1]) {
      const kernelInitializer = tf.initializers.constant({value});
      const model = tf.sequential({
        layers: [dtp.layers.dense({units: 1, inputShape: [1], kernelInitializer})],
      });
      model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
      for (let step = 0; step < 200; step++) await model.trainOnBatch(x, y);
      const [kernel, bias] = model.getWeights();
      expectTensorsClose(kernel, [[2]], 1e-3);
      expectTensorsClose(bias, [-1], 1e-3);
    }
  });

  it('find how often something happens from one example or two at a time, too', async () => {
    // One of five; what is given tells nothing.
    const happens = Array.from({length: 600}, (_, i) => ((7 * i) % 5 === 0 ? 1 : 0));
    for (const size of [1, 2]) {
      const model = tf.sequential({
        layers: [dtp.layers.dense({units: 1, activation: 'sigmoid', inputShape: [1]})],
      });
      model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'binaryCrossentropy'});
      for (let from = 0; from < happens.length; from += size) {
        const y = tf.tensor2d(happens.slice(from, from + size), [size, 1]);
        await model.trainOnBatch(tf.ones([size, 1]), y);
      }
      const found = (model.predict(tf.ones([1, 1])) as tf.Tensor).dataSync()[0];
      expect(Math.abs(found - 0.2)).toBeLessThan(0.05);
    }
  });

  describe('with a limit of noise', () => {
    const x = () => tf.randomNormal([8, 4], 0, 1, 'float32', 1);
    const kernelsOf = (model: tf.LayersModel) =>
      model.layers.map((layer) => layer.getWeights()[0].clone());

    function compiled(noise: number | null): tf.LayersModel {
      const layers = [dtp.layers.dense({units: 8, inputShape: [4]}), dtp.layers.dense({units: 3})];
      const model = tf.sequential({layers});
      for (const [i, layer] of layers.entries()) {
        const [kernel, ...rest] = layer.getWeights();
        layer.setWeights([tf.randomNormal(kernel.shape, 0, 0.5, 'float32', 5 + i), ...rest]);
      }
      const optimizer = new dtp.DTPOptimizer({bounds: {decrease: null, shift: null, noise}});
      model.compile({optimizer, loss: 'meanSquaredError'});
      return model;
    }

    /** ‖ΔW‖ / ‖W‖ of every layer in a step from labels that the first few examples miss by ±size. */
    async function step(model: tf.LayersModel, size: number, lacking = 8): Promise<number[]> {
      const signs = tf.randomNormal([8, 3], 0, 1, 'float32', 2).sign();
      const missed = signs.mul(tf.range(0, 8).less(lacking).toFloat().expandDims(1)).mul(size);
      const before = kernelsOf(model);
      await model.trainOnBatch(x(), (model.predict(x()) as tf.Tensor).add(missed));
      return kernelsOf(model).map(
        (kernel, i) => kernel.sub(before[i]).norm().div(before[i].norm()).dataSync()[0],
      );
    }

    function expectEach(changes: number[], limit: number): void {
      for (const change of changes) expect(Math.abs(change / limit - 1)).toBeLessThan(1e-3);
    }

    it('changes a kernel by the limit of the step and no further, step after step', async () => {
      const model = compiled(0.03);
      for (let t = 0; t < 4; t++) expectEach(await step(model, 1e3), 0.03 / Math.sqrt(t + 1));
    });

    it('goes on after a save where the limit was', async () => {
      const model = compiled(0.03);
      for (let t = 0; t < 3; t++) await step(model, 1e3);
      const resumed = await reloaded(model);
      for (const run of [model, resumed]) expectEach(await step(run, 1e3), 0.03 / Math.sqrt(4));
    });

    it('allows 1 / p² times as much where a quarter of the examples lack all there is', async () => {
      // p = (1 + 2 / 3) / 4, of three outputs.
      expectEach(await step(compiled(0.03), 1e3, 2), (12 / 5) ** 2 * 0.03);
    });

    it('takes a step whole that few examples ask for, and not one as large of all', async () => {
      const [few, fewWithout] = [
        await step(compiled(0.03), 1, 1),
        await step(compiled(null), 1, 1),
      ];
      expect(few).toEqual(fewWithout);
      for (const change of few) expect(change).toBeGreaterThan(0.03);
      expectEach(await step(compiled(0.03), 1), 0.03);
    });
  });

  it('puts no target farther from its activation than the limit, whatever a decoder says', () => {
    for (const schedule of ['sequential', 'parallel'] as const) {
      tf.tidy(() => {
        const net = invertibleNet().map((layer) => ({
          ...layer,
          decoder: scaled(layer.decoder, 100),
        }));
        const model = pairedModel(net);
        const loss = () => squaredError(net, x, wanted)(model.apply(tf.tensor2d(x)) as tf.Tensor);
        const limit = 1e-3;
        const config = {
          schedule,
          inversion: {iterations: 4, safeguard: false},
          bounds: {target: limit},
        };
        const lengths = pass(
          config,
          model,
          loss as () => tf.Scalar,
          ({records}) =>
            records.slice(0, -1).map(({difference, output}) => {
              const size = squaredNorms(output).mean().sqrt();
              return Array.from(
                norms(difference as tf.Tensor)
                  .div(size)
                  .dataSync(),
              );
            }),
          0,
        );
        for (const length of lengths.flat()) expect(length).toBeLessThan(limit * (1 + 1e-5));
        // The decoders ask for far more, so the limit is where the targets are.
        expect(Math.max(...lengths[0])).toBeCloseTo(limit, 6);
      });
    }
  });

  const settings = {
    'a scalar for differences': {scaled: true},
    'every bound': {
      bounds: {decrease: 1, shift: 0.1, target: 0.1, weights: 0.1, noise: 0.1, together: 0.5},
    },
  };
  for (const [name, config] of Object.entries(settings)) {
    it(`leaves no tensor behind with ${name}`, async () => {
      const architecture = architectures['stock layers in between'];
      const [, model] = stockAndPaired(architecture);
      model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
      const {x, y} = data(architecture, 4);
      await model.trainOnBatch(x, y);
      const before = tf.memory().numTensors;
      for (let step = 0; step < 5; step++) await model.trainOnBatch(x, y);
      expect(tf.memory().numTensors).toBe(before);
    });
  }
});
