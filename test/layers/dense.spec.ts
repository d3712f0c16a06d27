import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

onEveryBackendButWebgl('DTPDense without the DTP optimizer', (backend) => {
  for (const [name, architecture] of Object.entries(architectures)) {
    it(`predicts what Dense predicts, to the last bit: ${name}`, () => {
      const [stock, paired] = stockAndPaired(architecture);
      const {x} = data(architecture, 5);
      for (const [i, output] of [stock.predict(x)].flat().entries()) {
        expect([paired.predict(x)].flat()[i].dataSync()).toEqual(output.dataSync());
      }
    });

    if (!(architecture.stockTrainsOn?.includes(backend) ?? true)) continue;
    it(`trains with Adam as Dense trains, to the last bit: ${name}`, async () => {
      const [stock, paired] = stockAndPaired(architecture);
      const {x, y} = data(architecture, 8);
      for (const model of [stock, paired]) {
        model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
        for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
      }
      // A branch on an arm of another adds the same gradients up in another order.
      const tolerance = /on an arm/.test(name) ? 1e-5 : 0;
      for (const [i, weight] of stock.trainableWeights.entries()) {
        expectTensorsClose(paired.trainableWeights[i].read(), weight.read(), tolerance);
      }
    });
  }
});

describe('DTPDense', () => {
  const shapes = (model: tf.LayersModel) => model.nonTrainableWeights.map(({shape}) => shape);

  it('keeps its decoder in weights that are not trainable', () => {
    const model = tf.sequential({layers: [dtp.layers.dense({units: 3, inputShape: [4]})]});
    expect(model.trainableWeights.length).toBe(2);
    expect(shapes(model)).toEqual([[3, 4], [4], [4], [3, 1]]);
  });

  it('has no decoder with decoder: false', () => {
    const layer = dtp.layers.dense({units: 3, inputShape: [4], decoder: false});
    expect(shapes(tf.sequential({layers: [layer]}))).toEqual([]);
  });

  it('starts its decoder as the initializer says', () => {
    const layer = dtp.layers.dense({
      units: 3,
      inputShape: [4],
      decoder: {kernelInitializer: 'ones'},
    });
    const model = tf.sequential({layers: [layer]});
    expect(model.nonTrainableWeights[0].read().dataSync()).toEqual(new Float32Array(12).fill(1));
  });

  it('takes the weights that it is given, as Dense does, and starts its decoder by itself', () => {
    const weights = [tf.randomNormal([4, 3], 0, 1, 'float32', 1), tf.tensor1d([1, 2, 3])];
    const model = tf.sequential({layers: [dtp.layers.dense({units: 3, inputShape: [4], weights})]});
    for (const [i, weight] of weights.entries()) {
      expect(model.trainableWeights[i].read().dataSync()).toEqual(weight.dataSync());
    }
    expect(model.nonTrainableWeights[0].read().dataSync()).toEqual(new Float32Array(12));
    const all = model.getWeights();
    const again = dtp.layers.dense({units: 3, inputShape: [4], weights: all});
    expect(tf.sequential({layers: [again]}).getWeights().length).toBe(all.length);
  });

  it('is saved and loaded with its decoder', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 4, activation: 'relu', inputShape: [3], decoder: false}),
        dtp.layers.dense({units: 2, decoder: {kernelInitializer: 'glorotNormal'}}),
        dtp.layers.dense({units: 3, decoder: {architecture: 'mlp', hidden: [4, 5]}}),
        dtp.layers.dense({units: 2, decoder: {architecture: 'mirror'}}),
      ],
    });
    let saved: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
    expect(new Set(loaded.layers.map((layer) => layer.getClassName()))).toEqual(
      new Set(['DTPDense']),
    );
    expect(loaded.layers.map((layer) => layer.getConfig())).toEqual(
      model.layers.map((layer) => layer.getConfig()),
    );
    expect(loaded.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(
      model.getWeights().map((weight) => Array.from(weight.dataSync())),
    );
  });

  it('keeps the further maps of an mlp decoder in weights, too', () => {
    const layer = dtp.layers.dense({
      units: 3,
      inputShape: [4],
      decoder: {architecture: 'mlp', hidden: [5, 6]},
    });
    const maps = [[3, 5], [5], [5, 6], [6], [6, 4], [4]];
    expect(shapes(tf.sequential({layers: [layer]}))).toEqual([...maps, [4], [3, 1]]);
  });

  it('gives an mlp decoder one hidden layer as wide as the wider side where no widths are given', () => {
    for (const units of [3, 7]) {
      const layer = dtp.layers.dense({units, inputShape: [4], decoder: {architecture: 'mlp'}});
      const [hidden] = shapes(tf.sequential({layers: [layer]}));
      expect(hidden).toEqual([units, Math.max(4, units)]);
    }
  });

  it('rejects decoder settings that do not exist, naming layer, field and what is valid', () => {
    const build = (decoder: unknown) => () =>
      dtp.layers.dense({units: 3, name: 'second', decoder: decoder as false});
    expect(build({units: 3})).toThrowError(
      TypeError,
      /DTPDense "second".*no field "units".*kernelInitializer/,
    );
    expect(build(true)).toThrowError(
      TypeError,
      /DTPDense "second": decoder is true, expected false/,
    );
    expect(build({architecture: 'cnn'})).toThrowError(
      RangeError,
      /DTPDense "second": decoder.architecture is 'cnn', expected one of 'linear', 'mirror', 'mlp'/,
    );
    expect(build({hidden: [3]})).toThrowError(
      RangeError,
      /decoder.hidden is \[3\] with architecture 'linear', which has no hidden layers: use architecture 'mlp', or/,
    );
    expect(build({kernelInitializer: tf.initializers.zeros()})).toThrowError(
      TypeError,
      /DTPDense "second": decoder.kernelInitializer is an instance of Zeros, expected the name of an initializer/,
    );
    for (const hidden of [3, [], [0], [2.5]]) {
      expect(build({architecture: 'mlp', hidden})).toThrowError(
        RangeError,
        /DTPDense "second": decoder.hidden is .*, expected an array of whole numbers ≥ 1/,
      );
    }
  });

  it('says what it is to be applied to in place of a layer or numbers', () => {
    const layer = dtp.layers.dense({units: 2, name: 'mine'});
    for (const [given, says] of [
      [tf.layers.dense({units: 2}), /applied to an instance of Dense, expected a tensor/],
      [undefined, /applied to undefined, expected a tensor/],
      [[[1, 2]], /applied to \[1, 2\], expected a tensor.*tf\.tensor\(\.\.\.\)/],
    ] as const) {
      expect(() => layer.apply(given as unknown as tf.Tensor)).toThrowError(
        TypeError,
        new RegExp(`DTPDense "mine": ${says.source}`),
      );
    }
  });

  it('has the decoder that it was given, whatever becomes of the settings', () => {
    const decoder: dtp.DecoderArgs = {architecture: 'mlp', hidden: [8]};
    const layer = dtp.layers.dense({units: 2, inputShape: [3], decoder});
    decoder.hidden = [5];
    const config = layer.getConfig() as unknown as {decoder: dtp.DecoderArgs};
    config.decoder.hidden?.push(7);
    layer.apply(tf.zeros([1, 3]));
    expect(layer.decoder?.hidden.map(({kernel}) => kernel.shape)).toEqual([[2, 8]]);
    expect(layer.getConfig().decoder).toEqual({architecture: 'mlp', hidden: [8]});
  });

  it('says what to do when it is applied to a tensor of another copy of tfjs', () => {
    class SymbolicTensor {
      shape = [null, 3];
    }
    const layer = dtp.layers.dense({units: 3, name: 'second'});
    expect(() => layer.apply(new SymbolicTensor() as unknown as tf.SymbolicTensor)).toThrowError(
      /DTPDense "second": applied to a SymbolicTensor .*Two copies of @tensorflow\/tfjs.*npm dedupe/,
    );
  });
});
