import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {PairedConvolution} from '../../src/layers/paired_convolution';
import {saved} from '../convert/saved';
import {onEveryBackend, onEveryBackendButWebgl} from '../support/backends';
import {convolutionData, convolutions, stockAndPairedModel} from '../support/convolutions';
import {expectTensorsClose} from '../support/expect_tensors';
import {valuesOf} from '../support/reloaded';
import {tensorsLeftBy} from '../support/tensors_left';

type Convolution = PairedConvolution;

/** One of each kind, for what is slow. */
const kinds = Object.fromEntries(
  Object.entries(convolutions).filter(([name]) => /strides/.test(name) || /multiplier/.test(name)),
);

const trainedBy = (model: tf.LayersModel, config: dtp.DTPOptimizerConfig) =>
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});

function expectSamePredictions(
  actual: tf.LayersModel,
  expected: tf.LayersModel,
  x: tf.Tensor,
): void {
  expectTensorsClose(actual.predict(x) as tf.Tensor, expected.predict(x) as tf.Tensor, 0);
}

onEveryBackendButWebgl('a paired convolution without the DTP optimizer', () => {
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

onEveryBackend('the maps of a paired convolution', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    it(`compute its output one after the other: ${name}`, () => {
      const [, model] = stockAndPairedModel(given);
      const layer = model.layers[1] as Convolution;
      const {x} = convolutionData(given, 3);
      const y = layer.maps.reduce(
        (h, map) => map.activation.apply(map.preActivation(h)),
        x as tf.Tensor,
      );
      expectTensorsClose(y, layer.apply(x) as tf.Tensor, 1e-5);
    });

    it(`are paired with what maps back, in their own shapes: ${name}`, () => {
      const [, model] = stockAndPairedModel(given);
      let input: tf.Tensor = convolutionData(given, 3).x;
      for (const map of (model.layers[1] as Convolution).maps) {
        const x = input;
        const h = map.preActivation(x);
        const d = tf.randomNormal(h.shape, 0, 1, 'float32', 2);
        const inner = (a: tf.Tensor, b: tf.Tensor) => a.mul(b).sum();
        const scale = map.encodeDifference(x).norm().mul(d.norm());
        const gap = inner(map.encodeDifference(x), d).sub(inner(x, map.backpropagate(d, x.shape)));
        expect(gap.div(scale).abs().dataSync()[0]).toBeLessThan(1e-6);

        map.decoder?.kernel.write(
          tf.randomNormal(map.decoder.kernel.shape as number[], 0, 1, 'float32', 3),
        );
        const difference = map.decode(h.add(d), x.shape).sub(map.decode(h, x.shape));
        expectTensorsClose(map.decodeDifference(h, d, x.shape), difference, 1e-4);
        for (const kept of ['decode', 'backpropagate'] as const) {
          expect(tensorsLeftBy(() => map[kept](h, x.shape))).toBe(0);
        }
        expect(tensorsLeftBy(() => map.preActivation(x))).toBe(0);
        input = map.activation.apply(h);
      }
    });
  }
});

onEveryBackend('a paired convolution with DTPOptimizer', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    it(`lowers the loss, and leaves the number of tensors where it was: ${name}`, async () => {
      const [, model] = stockAndPairedModel(given);
      trainedBy(model, {decoders: {warmupSteps: 10, every: 2}});
      const {x, y} = convolutionData(given, 8);
      const first = (await model.trainOnBatch(x, y)) as number;
      const tensors = tf.memory().numTensors;
      for (let step = 0; step < 7; step++) await model.trainOnBatch(x, y);
      expect(tf.memory().numTensors).toBe(tensors);
      expect((await model.trainOnBatch(x, y)) as number).toBeLessThan(0.7 * first);
    });
  }
});

describe('a paired convolution with DTPOptimizer', () => {
  const learning: Record<string, dtp.DTPOptimizerConfig['decoders']> = {
    autoencoder: {objective: 'autoencoder'},
    reverse: {objective: 'reverse', rule: 'delta'},
    both: {objective: 'both', noise: {input: 0.1, output: 0.1}},
    'an optimizer of decoders': {
      optimizer: {
        className: 'Adam',
        config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
      },
    },
  };
  for (const [name, given] of Object.entries(kinds)) {
    for (const [how, decoders] of Object.entries(learning)) {
      it(`lowers the loss with decoders that learn by ${how}: ${name}`, async () => {
        const [, model] = stockAndPairedModel(given);
        trainedBy(model, {decoders: {warmupSteps: 10, every: 2, ...decoders}});
        const {x, y} = convolutionData(given, 8);
        const first = (await model.trainOnBatch(x, y)) as number;
        const tensors = tf.memory().numTensors;
        for (let step = 0; step < 7; step++) await model.trainOnBatch(x, y);
        expect(tf.memory().numTensors).toBe(tensors);
        expect((await model.trainOnBatch(x, y)) as number).toBeLessThan(0.7 * first);
      });
    }
  }

  for (const [name, given] of Object.entries(convolutions)) {
    // tfjs cannot differentiate a convolution with dilation.
    if ('dilationRate' in given.args) continue;
    it(`passes down, with feedback 'gradient', the gradient that autodiff has: ${name}`, async () => {
      const [stock, paired] = stockAndPairedModel(given, {first: 'stock'});
      const {x, y} = convolutionData(given, 6);
      const before = stock.trainableWeights.slice(0, 2).map((weight) => weight.read().clone());
      stock.compile({optimizer: tf.train.sgd(1), loss: 'meanSquaredError'});
      const unpairedOptimizer = tf.train.sgd(1);
      trainedBy(paired, {feedback: 'gradient', unpairedOptimizer});
      for (const model of [stock, paired]) await model.trainOnBatch(x, y);
      for (const [i, start] of before.entries()) {
        const [step, expected] = [paired, stock].map((model) =>
          model.trainableWeights[i].read().sub(start),
        );
        expectTensorsClose(step, expected, 1e-4);
      }
    });
  }

  for (const [name, layer] of Object.entries({
    conv1d: dtp.layers.conv1d({filters: 3, kernelSize: 4, inputShape: [4, 2]}),
    conv2d: dtp.layers.conv2d({filters: 3, kernelSize: [3, 4], inputShape: [3, 4, 2]}),
  })) {
    it(`moves the one output that a window fills to its target, whatever its kernel: ${name}`, async () => {
      const model = tf.sequential({layers: [layer, tf.layers.flatten()]});
      const bounds = {decrease: null, shift: null, noise: null};
      trainedBy(model, {learningRate: 1, update: {damping: 0}, bounds});
      const x = tf.randomNormal([1, ...(model.inputs[0].shape.slice(1) as number[])]);
      const y = tf.randomNormal([1, 3]);
      const before = model.predict(x) as tf.Tensor;
      await model.trainOnBatch(x, y);
      // −∂L/∂h of the mean over 3 outputs of (h − y)².
      const expected = before.add(y.sub(before).mul(2 / 3));
      expectTensorsClose(model.predict(x) as tf.Tensor, expected, 1e-4);
    });
  }

  it('stays as it is where it is frozen, while layers below it are trained', async () => {
    const [, model] = stockAndPairedModel(convolutions['conv2d, same, strides']);
    model.layers[1].trainable = false;
    trainedBy(model, {});
    const kernels = () => [0, 1, 3].map((i) => model.layers[i].getWeights()[0].clone());
    const before = kernels();
    const {x, y} = convolutionData(convolutions['conv2d, same, strides'], 4);
    await model.trainOnBatch(x, y);
    const moved = kernels().map(
      (kernel, i) => kernel.notEqual(before[i]).any().dataSync()[0] === 1,
    );
    expect(moved).toEqual([true, false, true]);
  });

  it('is trained on images of any size, strides and all, where its shape leaves that open', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.conv2d({
          filters: 3,
          kernelSize: 3,
          inputShape: [null, null, 1] as unknown as number[],
          decoder: false,
        }),
        dtp.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          activation: 'relu',
        }),
        tf.layers.globalAveragePooling2d({}),
        dtp.layers.dense({units: 2}),
      ],
    });
    trainedBy(model, {});
    for (const size of [7, 8, 9]) {
      const x = tf.randomNormal([4, size, size + 1, 1]);
      expect((await model.trainOnBatch(x, tf.ones([4, 2]))) as number).toBeGreaterThan(0);
    }
  });
});

describe('a paired convolution', () => {
  for (const [name, given] of Object.entries(convolutions)) {
    it(`is saved and loaded with its decoder, and predicts the same: ${name}`, async () => {
      const [, model] = stockAndPairedModel(given);
      trainedBy(model, {decoders: {warmupSteps: 2}});
      const {x, y} = convolutionData(given, 4);
      await model.trainOnBatch(x, y);
      const loaded = await tf.loadLayersModel(tf.io.fromMemory(await saved(model)));
      expect(loaded.layers.map((layer) => layer.getConfig())).toEqual(
        model.layers.map((layer) => layer.getConfig()),
      );
      expect(loaded.layers[1].getClassName()).toMatch(/^DTP/);
      expect(valuesOf(loaded)).toEqual(valuesOf(model));
      expectSamePredictions(loaded, model, x);
    });

    it(`is made of its stock layer by convert, and undone by revert: ${name}`, () => {
      const [stock, paired] = stockAndPairedModel(given, {first: 'stock'});
      const {x} = convolutionData(given, 4);
      const converted = dtp.convert(stock);
      const excluded = dtp.convert(stock, {exclude: stock.layers[1].name});
      for (const copy of [converted, excluded, dtp.revert(converted), dtp.revert(paired)]) {
        expectSamePredictions(copy, stock, x);
      }
    });
  }

  it('has the constraint and the regulariser of a depthwise stock layer, each in its place', async () => {
    const l2 = tf.regularizers.l2({l2: 0.1});
    const stock = tf.sequential({
      layers: [
        tf.layers.depthwiseConv2d({
          kernelSize: 2,
          depthwiseConstraint: 'nonNeg',
          depthwiseRegularizer: l2,
          inputShape: [3, 3, 2],
        }),
        tf.layers.flatten(),
        tf.layers.dense({units: 2}),
      ],
    });
    const converted = dtp.convert(stock);
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await saved(converted)));
    const x = tf.randomNormal([4, 3, 3, 2], 0, 1, 'float32', 1);
    for (const model of [converted, loaded, dtp.convert(dtp.revert(converted))]) {
      const [kernel] = model.layers[0].getWeights();
      expectTensorsClose(model.layers[0].calculateLosses()[0], l2.apply(kernel));
      trainedBy(model, {});
      await model.trainOnBatch(x, tf.zeros([4, 2]));
      expect(model.layers[0].getWeights()[0].min().dataSync()[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it('has no decoder with decoder: false; a separable one has that of its second map', () => {
    const [plain, separable] = [
      dtp.layers.conv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 2], decoder: false}),
      dtp.layers.separableConv2d({
        filters: 3,
        kernelSize: 2,
        inputShape: [4, 4, 2],
        decoder: false,
      }),
    ].map((layer) => tf.sequential({layers: [layer]}).nonTrainableWeights);
    expect(plain.length).toBe(0);
    expect(separable.map(({shape}) => shape)).toEqual([[3, 2], [2], [2], [3, 2]]);
  });

  it('says what to do where a layer below is trained and it has no decoder', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 2, inputShape: [4, 4, 1]}),
        dtp.layers.conv2d({filters: 3, kernelSize: 2, name: 'second', decoder: false}),
        tf.layers.flatten(),
      ],
    });
    trainedBy(model, {});
    await expectAsync(
      model.trainOnBatch(tf.ones([2, 4, 4, 1]), tf.ones([2, 27])),
    ).toBeRejectedWithError(
      /DTPConv2D "second": has no decoder \(decoder: false\), but layers below it are trained/,
    );
  });

  for (const [name, given] of Object.entries(convolutions)) {
    it(`takes the weights that it is given, as its stock layer does: ${name}`, () => {
      const stock = stockAndPairedModel(given)[0].layers[1];
      const args = {...given.args, weights: stock.getWeights()};
      const layer = (dtp.layers[given.layer] as (args: object) => tf.layers.Layer)(args);
      const {x} = convolutionData(given, 2);
      expect((layer.apply(x) as tf.Tensor).dataSync()).toEqual(
        (stock.apply(x) as tf.Tensor).dataSync(),
      );
    });
  }

  it('rejects decoders that are not linear, and names itself', () => {
    const build = (decoder: unknown) => () =>
      dtp.layers.conv2d({filters: 2, kernelSize: 2, name: 'second', decoder: decoder as false});
    for (const architecture of ['mlp', 'mirror']) {
      expect(build({architecture})).toThrowError(
        RangeError,
        new RegExp(
          `DTPConv2D "second": decoder.architecture is '${architecture}', expected one of 'linear'`,
        ),
      );
    }
    expect(build({hidden: [3]})).toThrowError(
      RangeError,
      /decoder.hidden is \[3\] with architecture 'linear', which has no hidden layers: leave hidden out/,
    );
    expect(build(true)).toThrowError(
      TypeError,
      /DTPConv2D "second": decoder is true, expected false/,
    );
  });

  it('rejects what tfjs does not compute: causal padding, a bias of a separable one with channels first', () => {
    const padding = 'causal' as 'same';
    for (const [causal, shape] of [
      [dtp.layers.conv1d({filters: 2, kernelSize: 2, padding}), [5, 2]],
      [dtp.layers.conv2d({filters: 2, kernelSize: 2, padding}), [5, 4, 2]],
    ] as const) {
      const before = tf.memory().numTensors;
      expect(() => causal.apply(tf.input({shape: [...shape]}))).toThrowError(
        /padding is 'causal', which TensorFlow.js/,
      );
      expect(tf.memory().numTensors).toBe(before);
    }
    const separable = dtp.layers.separableConv2d({
      filters: 2,
      kernelSize: 2,
      dataFormat: 'channelsFirst',
    });
    expect(() => separable.apply(tf.input({shape: [2, 4, 4]}))).toThrowError(
      /along the wrong axis.*useBias: false/,
    );
  });

  it('rejects inputs of another rank as tfjs does', () => {
    for (const layer of [
      dtp.layers.conv2d({filters: 2, kernelSize: 2}),
      dtp.layers.conv2dTranspose({filters: 2, kernelSize: 2}),
      dtp.layers.depthwiseConv2d({kernelSize: 2}),
      dtp.layers.separableConv2d({filters: 2, kernelSize: 2}),
    ]) {
      expect(() => layer.apply(tf.input({shape: [4, 2]}))).toThrowError();
    }
  });
});
