import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {stock} from '../support/models';
import {saved} from './saved';

const {dense} = tf.layers;

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor;

/** By the name of a layer, its decoder settings, those in nested models included. */
function decodersOf(model: tf.LayersModel): Record<string, unknown> {
  return Object.fromEntries(
    model.layers.flatMap((layer) =>
      layer instanceof tf.LayersModel
        ? Object.entries(decodersOf(layer))
        : layer.getClassName() === 'DTPDense'
          ? [[layer.name, layer.getConfig().decoder]]
          : [],
    ),
  );
}

/** The branches of a model: name, what they branch, how many ways, the layers at the ends. */
function branchesOf(model: tf.LayersModel) {
  return model.layers
    .filter((layer) => layer.getClassName() === 'DTPBranch')
    .map((layer) => ({
      name: layer.name,
      of: layer.inboundNodes[0].inboundLayers[0].name,
      branches: layer.getConfig().branches,
      merge: layer.getConfig().merge,
      to: layer.outboundNodes.map(({outboundLayer}) => outboundLayer.name),
    }));
}

/** A chain of layers a, b, c, ... */
const chain = (...layers: tf.layers.Layer[]) => tf.sequential({layers});

/** Two dense layers a and b and a sum over both. */
function residual(first: tf.layers.Layer = dense({units: 4, name: 'a'})): tf.LayersModel {
  const input = tf.input({shape: [4], name: 'data'});
  const a = apply(first, input);
  const b = apply(dense({units: 4, name: 'b'}), a);
  const sum = apply(tf.layers.add({name: 'sum'}), a, b);
  return tf.model({inputs: input, outputs: apply(dense({units: 2, name: 'c'}), sum)});
}

describe('dtp.convert, decoders', () => {
  it('gives none to a layer that only data feeds, over any layers without weights', () => {
    const model = chain(
      tf.layers.flatten({inputShape: [2, 2]}),
      tf.layers.dropout({rate: 0.5}),
      dense({units: 3, name: 'first'}),
      dense({units: 3, name: 'second'}),
    );
    expect(decodersOf(dtp.convert(model))).toEqual({first: false, second: {}});
  });

  it('gives one above layers of any class that have weights, trained or frozen', () => {
    for (const below of [
      tf.layers.batchNormalization({inputShape: [4]}),
      dense({units: 4, inputShape: [4], trainable: false}),
      tf.layers.simpleRNN({units: 4, inputShape: [2, 3]}),
    ]) {
      const model = chain(below, dense({units: 3, name: 'above'}));
      expect(decodersOf(dtp.convert(model)).above).toEqual({});
    }
  });

  it('gives one to a layer that any of its uses needs it for', () => {
    const input = tf.input({shape: [4]});
    const shared = dense({units: 4, name: 'shared'});
    const model = tf.model({inputs: input, outputs: apply(shared, apply(shared, input))});
    expect(decodersOf(dtp.convert(model))).toEqual({shared: {}});
  });

  it('looks through nested models, at every place where one is used', () => {
    const nested = () => {
      const input = tf.input({shape: [4]});
      return tf.model({inputs: input, outputs: apply(dense({units: 4, name: 'inner'}), input)});
    };
    const [onData, onHidden, onBoth] = [nested(), nested(), nested()];
    const input = tf.input({shape: [4]});
    const build = (output: tf.SymbolicTensor) => tf.model({inputs: input, outputs: output});
    const hidden = () => apply(dense({units: 4, name: 'outer'}), input);
    const models: [tf.LayersModel, false | object][] = [
      [build(apply(onData, input)), false],
      [build(apply(onHidden, hidden())), {}],
      [build(apply(tf.layers.add(), apply(onBoth, input), apply(onBoth, hidden()))), {}],
    ];
    for (const [model, expected] of models) {
      expect(decodersOf(dtp.convert(model)).inner).toEqual(expected);
    }
  });

  it('trains once a frozen layer below is thawed', async () => {
    const model = dtp.convert(
      chain(
        dense({units: 4, inputShape: [3], trainable: false}),
        dense({units: 4, activation: 'tanh'}),
        dense({units: 2}),
      ),
    );
    const [x, y] = [tf.randomNormal([6, 3]), tf.randomNormal([6, 2])];
    for (const trainable of [false, true]) {
      model.layers[0].trainable = trainable;
      model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
      const before = model.layers[0].getWeights()[0].dataSync();
      await model.trainOnBatch(x, y);
      const moved = model.layers[0]
        .getWeights()[0]
        .dataSync()
        .some((w, i) => w !== before[i]);
      expect(moved).toBe(trainable);
    }
  });

  it('gives settings to all layers, to a class, or to one layer, which counts for most', () => {
    const model = chain(
      dense({units: 4, inputShape: [3], name: 'data'}),
      dense({units: 4, name: 'plain'}),
      dense({units: 4, name: 'special'}),
    );
    const decoder = {architecture: 'mirror'} as const;
    expect(decodersOf(dtp.convert(model, {decoder}))).toEqual({
      data: false,
      plain: decoder,
      special: decoder,
    });
    const ofDense = {kernelInitializer: 'ones'} as const;
    const decoders = {
      Dense: ofDense,
      special: {architecture: 'mlp', hidden: [2]} as dtp.DecoderArgs,
      data: {},
    };
    expect(decodersOf(dtp.convert(model, {decoder, decoders}))).toEqual({
      data: {},
      plain: ofDense,
      special: decoders.special,
    });
  });

  it('gives a layer with the name of what every object has what it gives to others', () => {
    const layers = ['constructor', 'toString'].map((name) =>
      dense({units: 4, inputShape: [4], name}),
    );
    const model = chain(...layers);
    expect(Object.entries(decodersOf(dtp.convert(model)))).toEqual([
      ['constructor', false],
      ['toString', {}],
    ]);
    const decoder = {architecture: 'mirror'} as const;
    expect(
      decodersOf(dtp.convert(model, {decoders: {toString: decoder} as never})).toString,
    ).toEqual(decoder as never);
  });

  it('keeps the decoders of layers that are paired already, and what they have learned', () => {
    const model = dtp.convert(residual(), {decoder: {architecture: 'mlp', hidden: [3]}});
    const values = () => model.getWeights().map((weight) => Array.from(weight.dataSync()));
    for (const weight of model.weights) weight.write(tf.randomNormal(weight.shape as number[]));
    const again = dtp.convert(model);
    expect(decodersOf(again)).toEqual(decodersOf(model));
    expect(again.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(values());
  });

  it('leaves a layer that is paired already as it is, also above data', () => {
    const decoder = {architecture: 'mirror'} as const;
    const [first, second] = ['first', 'second'].map((name) =>
      dtp.layers.dense({units: 3, inputShape: [3], name, decoder}),
    );
    const model = chain(first, second);
    expect(dtp.convert(model).toJSON()).toBe(model.toJSON());
  });

  it('adds one to a converted part that has come to stand above weights', () => {
    const part = dtp.convert(chain(dense({units: 3, inputShape: [4], name: 'part'})));
    const whole = chain(dense({units: 4, inputShape: [2]}), part as unknown as tf.layers.Layer);
    expect(decodersOf(whole).part).toBe(false);
    expect(decodersOf(dtp.convert(whole)).part).toEqual({});
  });

  it('starts them as a layer of dtp.layers does', () => {
    const converted = dtp.convert(residual());
    const mobility = converted.getLayer('b').weights.find(({name}) => /mobility/.test(name));
    expect(mobility?.read().dataSync()).toEqual(new Float32Array(4).fill(1));
  });
});

describe('dtp.convert, branches', () => {
  it('marks a fan-out by a branch with an arm for each use, named for the layer it follows', () => {
    expect(branchesOf(dtp.convert(residual()))).toEqual([
      {name: 'a_branch', of: 'a', branches: 2, merge: 'measured', to: ['b', 'sum']},
    ]);
  });

  it('merges as the option says, or marks none', () => {
    expect(branchesOf(dtp.convert(residual(), {branches: 'sum'}))[0].merge).toBe('sum');
    expect(branchesOf(dtp.convert(residual(), {branches: false}))).toEqual([]);
  });

  it('counts a layer that takes a tensor twice as two uses', () => {
    const input = tf.input({shape: [3]});
    const hidden = apply(dense({units: 3, name: 'a'}), input);
    const square = apply(tf.layers.multiply(), hidden, hidden);
    const model = tf.model({inputs: input, outputs: apply(dense({units: 2}), square)});
    expect(branchesOf(dtp.convert(model))[0].branches).toBe(2);
  });

  it('marks none where only data lies below', () => {
    const input = tf.input({shape: [3]});
    const arms = [0, 1].map(() => apply(dense({units: 2}), input));
    const output = apply(dense({units: 2}), apply(tf.layers.add(), ...arms));
    expect(branchesOf(dtp.convert(tf.model({inputs: input, outputs: output})))).toEqual([]);
  });

  it('marks none where only gradients come back, as no layer above is paired', () => {
    const model = residual();
    expect(branchesOf(dtp.convert(model, {include: 'a'}))).toEqual([]);
    expect(branchesOf(dtp.convert(model, {include: ['a', 'c']})).length).toBe(1);
  });

  it('names branches apart from each other and from the layers that there are', () => {
    const input = tf.input({shape: [3]});
    const shared = dense({units: 3, name: 'a'});
    const [first, second] = [apply(shared, input), apply(shared, apply(shared, input))];
    const sums = [first, second].map((x) => apply(tf.layers.add(), x, apply(dense({units: 3}), x)));
    const joined = apply(tf.layers.concatenate({name: 'a_branch'}), ...sums);
    const model = tf.model({inputs: input, outputs: apply(dense({units: 2}), joined)});
    const names = branchesOf(dtp.convert(model)).map(({name}) => name);
    expect(names.sort()).toEqual(['a_branch_1', 'a_branch_2']);
  });

  it('marks what goes into a nested model and past it, and what comes out of one and is used in it', () => {
    const inside = tf.input({shape: [4]});
    const b = apply(dense({units: 4, name: 'b'}), inside);
    const c = apply(dense({units: 4, name: 'c'}), b);
    const nested = tf.model({inputs: inside, outputs: [b, c], name: 'nested'});
    const input = tf.input({shape: [4]});
    const a = apply(dense({units: 4, name: 'a'}), input);
    const outputs = nested.apply(a) as tf.SymbolicTensor[];
    const sum = apply(tf.layers.add({name: 'sum'}), a, ...outputs);
    const model = tf.model({inputs: input, outputs: apply(dense({units: 2}), sum)});
    const converted = dtp.convert(model);
    const [outer, inner] = [converted, converted.getLayer('nested') as tf.LayersModel].map(
      branchesOf,
    );
    expect(outer.map(({of, to}) => [of, to])).toEqual([['a', ['nested', 'sum']]]);
    expect(inner.map(({of, branches}) => [of, branches])).toEqual([['b', 2]]);
  });

  it('marks the fan-outs inside a nested model, once for all of its uses', () => {
    const converted = dtp.convert(stock('a nested model used twice'));
    expect(branchesOf(converted)).toEqual([]);
    const nested = converted.layers.filter((layer) => layer instanceof tf.LayersModel);
    expect(nested.length).toBe(1);
    const counts = branchesOf(nested[0] as tf.LayersModel).map(({branches}) => branches);
    expect(counts).toEqual([2, 2]);
  });

  it('keeps the names of outputs, so that losses and labels go by them as before', async () => {
    const model = dtp.convert(stock('an output that is used further'));
    expect(branchesOf(model)[0]).toEqual(jasmine.objectContaining({of: 'early', branches: 2}));
    const loss = {early: 'meanSquaredError', late: 'meanAbsoluteError'};
    model.compile({optimizer: new dtp.DTPOptimizer(), loss});
    const [early, late] = [tf.zeros([6, 3]), tf.zeros([6, 2])];
    const {history} = await model.fit(tf.ones([6, 4]), {early, late}, {epochs: 1, verbose: 0});
    expect(Object.keys(history).sort()).toEqual(['early_loss', 'late_loss', 'loss']);
  });

  it('has an output renamed by tfjs where it loads the model, and back by revert', async () => {
    const model = dtp.convert(stock('an output that is used further'));
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await saved(model)));
    expect(loaded.outputNames).toEqual(['early_branch', 'late']);
    expect(dtp.revert(loaded).outputNames).toEqual(['early', 'late']);
  });
});

describe('dtp.convert', () => {
  it('keeps what is frozen: layers, nested models, a whole model, single weights', () => {
    const frozenNames = (model: tf.LayersModel) => {
      const trainable = new Set(model.trainableWeights);
      const rest = model.weights.filter((weight) => !trainable.has(weight));
      return rest.map(({originalName}) => originalName).filter((name) => !/decoder/.test(name));
    };
    const models = ['a frozen base', 'a nested model used twice', 'nested model'].map(stock);
    for (const layer of models[1].layers) {
      if (layer instanceof tf.LayersModel) layer.trainable = false;
    }
    models[2].trainable = false;
    const wrapped = chain(
      tf.layers.bidirectional({
        layer: tf.layers.gru({units: 2}) as never,
        mergeMode: 'concat',
        inputShape: [3, 2],
      }),
      dense({units: 2}),
    );
    wrapped.layers[0].trainable = false;
    const single = residual();
    // Its kernel: `weights` has it behind the bias then.
    (single.getLayer('b').weights[0] as {trainable: boolean}).trainable = false;

    for (const model of [...models, wrapped, single]) {
      expect(frozenNames(model).length).toBeGreaterThan(0);
      const converted = dtp.convert(model);
      expect(frozenNames(converted).sort()).toEqual(frozenNames(model).sort());
      expect(converted.trainableWeights.map(({originalName}) => originalName)).toEqual(
        model.trainableWeights.map(({originalName}) => originalName),
      );
      expect(frozenNames(dtp.revert(converted)).sort()).toEqual(frozenNames(model).sort());
    }
  });

  it('copies weights that a constraint would change', () => {
    const layer = dense({units: 2, inputShape: [2], kernelConstraint: 'nonNeg'});
    const model = chain(layer);
    (layer.weights[0].read() as tf.Variable).assign(tf.tensor2d([-1, 2, -3, 4], [2, 2]));
    const [kernel] = dtp.convert(model).getWeights();
    expect(Array.from(kernel.dataSync())).toEqual([-1, 2, -3, 4]);
  });

  it('shares a layer that a model shares with a model nested in it', async () => {
    const shared = dense({units: 4, name: 'shared'});
    const inside = tf.input({shape: [4]});
    const nested = tf.model({inputs: inside, outputs: apply(shared, inside)});
    const input = tf.input({shape: [4]});
    const sum = apply(tf.layers.add(), apply(nested, input), apply(shared, input));
    const model = tf.model({inputs: input, outputs: apply(dense({units: 2}), sum)});

    const converted = dtp.convert(model);
    const x = tf.randomNormal([3, 4]);
    const same = () => {
      const [copy, plain] = [converted, dtp.revert(converted)].map((each) => each.predict(x));
      expect((copy as tf.Tensor).dataSync()).toEqual((plain as tf.Tensor).dataSync());
    };
    expect((converted.predict(x) as tf.Tensor).dataSync()).toEqual(
      (model.predict(x) as tf.Tensor).dataSync(),
    );
    converted.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    await converted.trainOnBatch(x, tf.ones([3, 2]));
    same();
    const twin = converted.getLayer('shared');
    const inner = converted.layers.find((layer) => layer instanceof tf.LayersModel);
    expect((inner as tf.LayersModel).getLayer('shared')).toBe(twin);
  });

  it('pairs the layer that is applied to each time step', () => {
    const model = chain(
      dense({units: 3, inputShape: [2, 4], name: 'outside'}),
      tf.layers.timeDistributed({layer: dense({units: 3, name: 'inside'}), name: 'steps'}),
    );
    const inside = (options: dtp.ConvertOptions) =>
      (dtp.convert(model, options).layers[1] as unknown as {layer: tf.layers.Layer}).layer;
    expect(inside({}).getClassName()).toBe('DTPDense');
    expect(inside({}).getConfig().decoder).toEqual({});
    expect(inside({exclude: 'steps'}).getClassName()).toBe('Dense');
    expect(dtp.convert(model).layers[1].name).toBe('steps');
  });

  it('keeps the metadata of a model', () => {
    const model = residual();
    model.setUserDefinedMetadata({labels: ['A', 'b']});
    expect(dtp.convert(model).getUserDefinedMetadata()).toEqual({labels: ['A', 'b']});
  });

  it('leaves the model compiled as it was, and its own uncompiled', async () => {
    const model = residual();
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const converted = dtp.convert(model);
    expect(converted.optimizer).toBeUndefined();
    expect(await model.trainOnBatch(tf.ones([2, 4]), tf.ones([2, 2]))).toBeGreaterThan(0);
  });

  it('does not compute the initial values of weights that it replaces', () => {
    const warn = spyOn(console, 'warn');
    // An orthogonal matrix of this size takes so long that tfjs warns of it.
    const model = chain(tf.layers.lstm({units: 24, inputShape: [2, 2]}), dense({units: 2}));
    expect(warn).toHaveBeenCalled();
    warn.calls.reset();
    dtp.convert(model);
    expect(warn).not.toHaveBeenCalled();
  });

  it('leaves nothing behind when its model is disposed of', () => {
    const model = residual();
    const before = tf.memory().numTensors;
    const converted = dtp.convert(model);
    dtp.revert(converted).dispose();
    converted.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('pairs the layers that are included and not excluded: by name, class, nested model, function', () => {
    const nested = tf.sequential({
      name: 'base',
      layers: [dense({units: 3, inputShape: [4], name: 'a'}), dense({units: 3, name: 'b'})],
    });
    const model = chain(nested, dense({units: 3, name: 'c'}), dense({units: 3, name: 'd'}));
    const paired = (options: dtp.ConvertOptions) =>
      Object.keys(decodersOf(dtp.convert(model, options))).join('');
    expect(paired({include: 'b'})).toBe('b');
    expect(paired({include: ['base', 'd']})).toBe('abd');
    expect(paired({include: 'Dense', exclude: ['c']})).toBe('abd');
    expect(paired({exclude: 'base'})).toBe('cd');
    expect(paired({include: ({name}) => name > 'a', exclude: ({name}) => name > 'c'})).toBe('bc');
  });

  it('asks a function about the layers that can be paired, once about each', () => {
    const asked: string[] = [];
    const input = tf.input({shape: [4]});
    const shared = dense({units: 4, name: 'a'});
    const normal = apply(tf.layers.batchNormalization(), apply(shared, apply(shared, input)));
    const model = tf.model({inputs: input, outputs: apply(dense({units: 3, name: 'b'}), normal)});
    dtp.convert(model, {include: ({name}) => asked.push(name) > 0});
    expect(asked).toEqual(['a', 'b']);
  });

  const uses: Record<string, (layer: tf.layers.Layer) => tf.layers.Layer> = {
    'by themselves': (layer) => layer,
    'for each time step': (layer) => tf.layers.timeDistributed({layer}),
    'in a model for each time step': (layer) => {
      const input = tf.input({shape: [4]});
      const model = tf.model({inputs: input, outputs: apply(layer, input)});
      return tf.layers.timeDistributed({layer: model});
    },
  };
  for (const [how, used] of Object.entries(uses)) {
    it(`shares a layer that begins one sequential model and stands in others, in whatever order these are used: ${how}`, () => {
      const size = {units: 4, activation: 'tanh' as const, inputShape: [4]};
      const shared = dense({...size, name: 'shared'});
      const first = chain(shared, dense({units: 3}));
      const [second, third] = [1, 2].map(() => chain(dense(size), shared, dense({units: 3})));
      const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
      for (const models of [
        [first, second],
        [second, first],
        [second, third, first],
      ]) {
        const input = tf.input({shape: [3, 4]});
        const sum = apply(tf.layers.add(), ...models.map((each) => apply(used(each), input)));
        const model = tf.model({inputs: input, outputs: apply(dense({units: 2}), sum)});
        const copy = dtp.convert(model);
        for (const each of [copy, dtp.revert(copy)]) {
          expect((each.predict(x) as tf.Tensor).dataSync()).toEqual(
            (model.predict(x) as tf.Tensor).dataSync(),
          );
        }
        expect(copy.countParams()).toBeGreaterThan(model.countParams());
      }
    });
  }

  it('keeps the shape of the noise of stock layers', () => {
    const dropout = tf.layers.alphaDropout({rate: 0.5, noiseShape: [4, 1], name: 'noisy'});
    const model = chain(dense({units: 3, inputShape: [2]}), dropout, dense({units: 2}));
    const copy = dtp.convert(model).getLayer('noisy') as unknown as {noiseShape: number[]};
    expect(copy.noiseShape).toEqual([4, 1]);
  });

  it('may exclude what would not be paired anyway', () => {
    const model = chain(tf.layers.batchNormalization({inputShape: [4]}), dense({units: 3}));
    expect(dtp.convert(model, {exclude: 'BatchNormalization'}).toJSON()).toBe(
      dtp.convert(model).toJSON(),
    );
  });

  it('takes the options a second time, for a model that is converted', () => {
    const options = {include: 'Dense', decoders: {Dense: {architecture: 'mirror'}}} as const;
    const once = dtp.convert(residual(), options);
    expect(dtp.convert(once, options).toJSON()).toBe(once.toJSON());
  });
});
