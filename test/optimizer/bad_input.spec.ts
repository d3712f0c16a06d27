import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {Folded} from '../support/folded';
import {artifactsOf, reloaded, valuesOf} from '../support/reloaded';

const ADAM = {
  className: 'Adam',
  config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

/** A model with batch normalisation and two outputs. */
function modelWith(config: dtp.DTPOptimizerConfig = {}, units = 4): tf.LayersModel {
  const input = tf.input({shape: [3]});
  const hidden = dtp.layers.dense({units, activation: 'tanh', name: 'first'}).apply(input);
  const normed = tf.layers.batchNormalization({name: 'norm'}).apply(hidden);
  const outputs = [2, 1].map(
    (size) =>
      dtp.layers.dense({units: size, name: `out${size}`}).apply(normed) as tf.SymbolicTensor,
  );
  const model = tf.model({inputs: input, outputs});
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  return model;
}

const x = (rows = 6) => tf.randomUniform([rows, 3], 0, 1, 'float32', 1);
const y = (rows = 6) => [
  tf.randomUniform([rows, 2], 0, 1, 'float32', 2),
  tf.randomUniform([rows, 1], 0, 1, 'float32', 3),
];
/** tfjs keeps the loss of each of several outputs before it knows whether the step can be taken. */
const keptForMetrics = 2;

const stepsOf = ({optimizer}: tf.LayersModel) => (optimizer as dtp.DTPOptimizer).iterations;

async function messageOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

/** What is wrong with a batch, and what the message must say of it. */
const badBatches: Record<string, {x?: () => tf.Tensor; y?: () => tf.Tensor[]; says: RegExp}> = {
  'inputs of another width': {x: () => tf.zeros([6, 5]), says: /shape \[3\].*shape \[5\]/},
  'labels of another width': {
    y: () => [tf.zeros([6, 4]), y()[1]],
    says: /target.*shape \[2\].*shape \[4\]/,
  },
  'labels for other examples': {y: () => y(4), says: /same number of samples/},
  'labels for one output only': {y: () => y().slice(0, 1), says: /2.*[aA]rray|target/},
  'no examples': {x: () => x(0), y: () => y(0), says: /the batch has no examples.*"first".*Leave/},
  'NaN in the labels of one output': {
    y: () => [y()[0], y()[1].mul(Number.NaN)],
    says: /step 1: the loss is NaN, while every layer's output is finite.*labels/,
  },
  'infinity in the labels of one output': {
    y: () => [y()[0].div(0), y()[1]],
    says: /step 1: the loss is Infinity, while every layer's output is finite/,
  },
  'NaN in one entry of the input': {
    x: () => tf.concat([x(5), tf.tensor2d([[0, Number.NaN, 0]])]),
    says: /step 1: the loss is NaN; it begins in the input of layer "first"/,
  },
};

describe('bad input', () => {
  for (const [what, bad] of Object.entries(badBatches)) {
    it(`is named and changes nothing, whatever the run holds: ${what}`, async () => {
      const [model, twin] = [modelWith({optimizer: ADAM}), modelWith({optimizer: ADAM})];
      twin.setWeights(model.getWeights());
      await model.trainOnBatch(x(), y());
      await twin.trainOnBatch(x(), y());
      const before = valuesOf(model);
      const [input, labels] = [(bad.x ?? x)(), (bad.y ?? y)()];
      const tensors = tf.memory().numTensors;
      expect(await messageOf(() => model.trainOnBatch(input, labels))).toMatch(bad.says);
      expect(valuesOf(model)).toEqual(before);
      expect(stepsOf(model)).toBe(1);
      expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(keptForMetrics);

      await model.trainOnBatch(x(), y());
      await twin.trainOnBatch(x(), y());
      expect(valuesOf(model)).withContext('the next step').toEqual(valuesOf(twin));
    });
  }

  it('is a gradient that the loss function takes itself, as of a gradient penalty: nothing changes', () => {
    const layer = dtp.layers.dense({units: 2, inputShape: [3]});
    const input = tf.input({shape: [3]});
    const arms = dtp.layers.branch({branches: 2}).apply(input) as tf.SymbolicTensor[];
    const branched = tf.model({
      inputs: input,
      outputs: layer.apply(tf.layers.add().apply(arms)) as tf.SymbolicTensor,
    });
    const plain = tf.sequential({layers: [dtp.layers.dense({units: 2, inputShape: [3]})]});
    const points = tf.ones([4, 3]);
    for (const [model, ofInput, what] of [
      [plain, (x: tf.Tensor) => plain.apply(x), /through layer ".*" itself/],
      [
        branched,
        (x: tf.Tensor) => tf.addN(branched.layers[1].apply(x) as tf.Tensor[]),
        /through a branch itself/,
      ],
    ] as const) {
      const penalty = () =>
        tf
          .grad((x) => ofInput(x) as tf.Tensor)(points)
          .square()
          .sum();
      expect(penalty().dataSync()[0]).toBeGreaterThan(0);
      const loss = () =>
        (model.apply(points) as tf.Tensor).square().mean().add(penalty()) as tf.Scalar;
      const before = valuesOf(model);
      const tensors = tf.memory().numTensors;
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      expect(() => new dtp.DTPOptimizer().minimize(loss, false, weights)).toThrowError(what);
      expect(valuesOf(model)).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });

  it('is a loss function that gives no scalar, or is none: nothing changes, and no tensor is left', () => {
    const layer = dtp.layers.dense({units: 2, inputShape: [3]});
    const model = tf.sequential({layers: [layer]});
    const points = tf.ones([4, 3]);
    const squares = () => (model.apply(points) as tf.Tensor).square();
    const losses: Array<[loss: unknown, message: RegExp]> = [
      [squares, /the loss function returned a tensor of shape \[4,2\], expected a scalar/],
      [() => [squares().mean()], /returned \[an instance of Tensor\], expected a scalar/],
      [
        async () => squares().mean(),
        /returned an instance of Promise, expected a scalar.*do not make it async/,
      ],
      [() => void squares(), /returned undefined, expected a scalar/],
      [() => 3, /returned 3, expected a scalar/],
      [undefined, /minimize got undefined, expected a function that computes the loss/],
      [
        squares().mean(),
        /minimize got an instance of Tensor, expected a function that computes the loss/,
      ],
    ];
    const before = valuesOf(model);
    const optimizer = new dtp.DTPOptimizer();
    const tensors = tf.memory().numTensors;
    for (const [loss, message] of losses) {
      expect(() => optimizer.minimize(loss as () => tf.Scalar)).toThrowError(TypeError, message);
      expect(valuesOf(model)).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });

  it('is a step within the loss function of another: neither is taken, and no tensor is left', () => {
    const models = [1, 2].map(() =>
      tf.sequential({layers: [dtp.layers.dense({units: 2, inputShape: [3]})]}),
    );
    const points = tf.ones([4, 3]);
    const [outer, inner] = models.map(
      (model) => () => (model.apply(points) as tf.Tensor).square().mean() as tf.Scalar,
    );
    const optimizers = models.map(() => new dtp.DTPOptimizer());
    const before = models.map(valuesOf);
    const tensors = tf.memory().numTensors;
    const nested = () => {
      optimizers[1].minimize(inner);
      return outer();
    };
    expect(() => optimizers[0].minimize(nested)).toThrowError(
      /minimize was called within the loss function of another minimize/,
    );
    expect(models.map(valuesOf)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [i, loss] of [outer, inner].entries()) optimizers[i].minimize(loss);
    expect(optimizers.map(({iterations}) => iterations)).toEqual([1, 1]);
  });

  it('is an error of a loss function: nothing changes, and no tensor is left', async () => {
    const model = modelWith();
    const failing = () => {
      throw new Error('no such label');
    };
    model.compile({optimizer: model.optimizer, loss: [failing, tf.metrics.meanSquaredError]});
    const before = valuesOf(model);
    const [input, labels] = [x(), y()];
    const tensors = tf.memory().numTensors;
    expect(await messageOf(() => model.trainOnBatch(input, labels))).toContain('no such label');
    expect(valuesOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('takes no step from empty data: tfjs calls no optimizer, and says nothing', async () => {
    const model = modelWith();
    const before = valuesOf(model);
    const {history} = await model.fit(x(0), y(0), {verbose: 0});
    const empty = tf.data.array<tf.TensorContainer>([]).batch(2);
    const fromDataset = await model.fitDataset(empty, {epochs: 2, verbose: 0});
    expect([history, fromDataset.history]).toEqual([{}, {}]);
    expect(stepsOf(model)).toBe(0);
    expect(valuesOf(model)).toEqual(before);
  });

  it('in the first step makes the next one the first: decoders warm up again', async () => {
    const [model, twin] = [modelWith({learningRate: 3e38}), modelWith({learningRate: 1})];
    twin.setWeights(model.getWeights());
    const [small, large] = [x().mul(1e-6), y().map((labels) => labels.mul(1e4))];
    expect(await messageOf(() => model.trainOnBatch(small, large))).toMatch(/change of layer/);
    (model.optimizer as dtp.DTPOptimizer).setLearningRate(1);
    for (const run of [model, twin]) await run.trainOnBatch(x(), y());
    expect(valuesOf(model)).toEqual(valuesOf(twin));
  });

  it('is a disposed model: the message names the layer', async () => {
    const model = modelWith();
    await model.trainOnBatch(x(), y());
    model.dispose();
    const [input, labels] = [x(), y()];
    const tensors = tf.memory().numTensors;
    expect(await messageOf(() => model.trainOnBatch(input, labels))).toMatch(/first.*disposed/);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is a decoder for a branch, which has no weights to invert', async () => {
    const args = {branches: 2, decoder: {}, name: 'fork'} as dtp.DTPBranchArgs;
    expect(() => dtp.layers.branch(args)).toThrowError(
      TypeError,
      /DTPBranch "fork": has no field "decoder".*Leave it out/,
    );
  });
});

describe('an optimizer', () => {
  it('trains one model: a second one is refused, and both are as before', async () => {
    const [first, second] = [modelWith(), modelWith({}, 5)];
    second.compile({optimizer: first.optimizer, loss: 'meanSquaredError'});
    await first.trainOnBatch(x(), y());
    const before = [valuesOf(first), valuesOf(second)];
    const [input, labels] = [x(), y()];
    const tensors = tf.memory().numTensors;
    const message = await messageOf(() => second.trainOnBatch(input, labels));
    expect(message).toMatch(/has trained another one before.*compile each model with a new DTPO/);
    expect([valuesOf(first), valuesOf(second)]).toEqual(before);
    expect(tf.memory().numTensors - tensors).toBeLessThanOrEqual(keptForMetrics);
    await first.trainOnBatch(x(), y());
    expect(stepsOf(first)).toBe(2);
  });

  it('trains parts of its model, or a model around them', async () => {
    const trunk = modelWith();
    await trunk.trainOnBatch(x(), y());
    const head = dtp.layers.dense({units: 1}).apply(trunk.outputs[0]) as tf.SymbolicTensor;
    const model = tf.model({inputs: trunk.inputs, outputs: head});
    model.compile({optimizer: trunk.optimizer, loss: 'meanSquaredError'});
    expect(await model.trainOnBatch(x(), y()[1])).toBeGreaterThan(0);
  });

  it('refuses state that is not of a DTPOptimizer, and keeps its own', async () => {
    const model = modelWith({optimizer: ADAM});
    await model.trainOnBatch(x(), y());
    const twin = await reloaded(model);
    const adam = tf.train.adam();
    const variable = tf.variable(tf.scalar(1));
    adam.minimize(() => variable.square());
    for (const [state, says] of [
      [await adam.getWeights(), /setWeights got .*expected what getWeights\(\) of a DTPOptimizer/],
      [[], /setWeights got no tensors/],
      [[tf.scalar(1)], /setWeights got an instance of Tensor, /],
      [model.optimizer.getWeights(), /setWeights got an instance of Promise, .*[Aa]wait it/],
      [undefined, /setWeights got undefined, expected the list that getWeights\(\) gives/],
    ] as const) {
      const given = state as Parameters<tf.Optimizer['setWeights']>[0];
      expect(await messageOf(() => model.optimizer.setWeights(given))).toMatch(says);
    }
    await model.trainOnBatch(x(), y());
    await twin.trainOnBatch(x(), y());
    expect(valuesOf(twin)).toEqual(valuesOf(model));
  });

  for (const [what, config] of Object.entries<dtp.DTPOptimizerConfig>({
    optimizer: {optimizer: ADAM, unpairedOptimizer: {className: 'SGD', config: {learningRate: 1}}},
    unpairedOptimizer: {},
    'decoders.optimizer': {
      decoders: {optimizer: ADAM, every: 1},
      unpairedOptimizer: {className: 'SGD', config: {learningRate: 1}},
    },
  })) {
    it(`refuses the state of another model before anything changes: ${what}`, async () => {
      const [model, other] = [modelWith(config), modelWith(config, 7)];
      await other.trainOnBatch(x(), y());
      await model.optimizer.setWeights(await other.optimizer.getWeights());
      const before = valuesOf(model);
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(await messageOf(() => model.trainOnBatch(x(), y()))).toMatch(
          new RegExp(`state loaded for ${what}.*\\[.*7.*another model.*new DTPOptimizer`),
        );
        expect(valuesOf(model)).toEqual(before);
      }
    });
  }
});

describe('a checkpoint', () => {
  it('of another architecture is refused by tfjs, which names the weights', async () => {
    const model = modelWith();
    const before = valuesOf(model);
    const {weightSpecs = [], weightData} = await artifactsOf(modelWith({}, 5));
    const tensors = tf.io.decodeWeights(weightData as ArrayBuffer, weightSpecs);
    const weights = Object.fromEntries(
      weightSpecs.filter(({group}) => group !== 'optimizer').map(({name}) => [name, tensors[name]]),
    );
    expect(await messageOf(() => model.loadWeights(weights))).toMatch(/[Ss]hape.*(3,5|\[3,4\])/);
    const lacking = Object.fromEntries(
      Object.entries(weights).filter(([name]) => !name.includes('decoder')),
    );
    expect(await messageOf(() => model.loadWeights(lacking))).toMatch(
      /weights are not set: .*first\/decoder_kernel/,
    );
    expect(valuesOf(model)).toEqual(before);
  });

  it('of the stock model is loaded without strictness, and decoders warm up', async () => {
    const stock = tf.sequential({
      layers: [
        tf.layers.dense({units: 4, activation: 'tanh', inputShape: [3], name: 'a'}),
        tf.layers.dense({units: 2, name: 'b'}),
      ],
    });
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 4, activation: 'tanh', inputShape: [3], name: 'a'}),
        dtp.layers.dense({units: 2, name: 'b'}),
      ],
    });
    const optimizer = new dtp.DTPOptimizer({decoders: {damping: 1}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const named = stock.weights.map((weight) => [weight.originalName, weight.read()]);
    model.loadWeights(Object.fromEntries(named), false);
    expect((model.predict(x()) as tf.Tensor).dataSync()).toEqual(
      (stock.predict(x()) as tf.Tensor).dataSync(),
    );
    await model.trainOnBatch(x(), y()[0]);
    expect(model.layers[1].getWeights()[2].abs().max().dataSync()[0]).toBeGreaterThan(0.05);
  });

  for (const influence of ['measured', 'paper', 'convex'] as const) {
    it(`in which layers have other examples than those above names both: '${influence}'`, async () => {
      const dense = (args: dtp.DTPDenseArgs) => dtp.layers.dense({activation: 'tanh', ...args});
      const build = (config: dtp.DTPOptimizerConfig) => {
        const layers = [
          dense({units: 6, inputShape: [5, 4], name: 'lower'}),
          new Folded([6]),
          dense({units: 6, name: 'folded'}),
          new Folded([30]),
          dense({units: 2, name: 'upper'}),
        ];
        const model = tf.sequential({layers});
        model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
        return model;
      };
      const [x, y] = [
        [3, 5, 4],
        [3, 2],
      ].map((shape, i) => tf.randomNormal(shape, 0, 1, 'float32', i));
      const model = build({influence});
      const before = valuesOf(model);
      expect(await messageOf(() => model.trainOnBatch(x, y))).toMatch(
        /layer "folded" has 15 examples and .*"(upper|lower)".* 3, expected one first axis.*'uniform'|layer "lower" has 3 examples and .*"folded".* 15, expected/,
      );
      expect(valuesOf(model).slice(0, 2)).toEqual(before.slice(0, 2));
      const other = build({influence: 'uniform'});
      const first = (await other.trainOnBatch(x, y)) as number;
      for (let step = 0; step < 5; step++) await other.trainOnBatch(x, y);
      expect(await other.trainOnBatch(x, y)).toBeLessThan(first);
    });
  }

  it('in which the arms of a branch have other examples names both, every time, and leaves no tensor', async () => {
    const dense = (args: dtp.DTPDenseArgs) => dtp.layers.dense({activation: 'tanh', ...args});
    const build = (config: dtp.DTPOptimizerConfig, merge?: dtp.MergeName) => {
      const input = tf.input({shape: [5, 4]});
      const lower = dense({units: 6, name: 'lower'}).apply(input) as tf.SymbolicTensor;
      const [arm, skip] = dtp.layers.branch({branches: 2, merge}).apply(lower);
      const layers = [new Folded([6]), dense({units: 6, name: 'folded'}), new Folded([5, 6])];
      const folded = layers.reduce((at, layer) => layer.apply(at) as tf.SymbolicTensor, arm);
      const both = tf.layers.add().apply([folded, skip]) as tf.SymbolicTensor;
      const flat = new Folded([30]).apply(both) as tf.SymbolicTensor;
      const outputs = dense({units: 2, name: 'upper'}).apply(flat) as tf.SymbolicTensor;
      const model = tf.model({inputs: input, outputs});
      model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
      return model;
    };
    const [x, y] = [tf.randomNormal([3, 5, 4]), tf.randomNormal([3, 2])];
    const model = build({influence: 'uniform'});
    const tensors: number[] = [];
    for (let step = 0; step < 3; step++) {
      expect(await messageOf(() => model.trainOnBatch(x, y))).toMatch(
        /expected one first axis.* with branches that merge by 'convex' or 'sum'/,
      );
      tensors.push(tf.memory().numTensors);
    }
    expect(tensors[2]).toBe(tensors[1]);
    // What it says to do.
    const other = build({influence: 'uniform'}, 'convex');
    expect(await other.trainOnBatch(x, y)).toBeGreaterThan(0);
  });

  it('that a storage fails to take leaves the run as it is', async () => {
    const [model, twin] = [modelWith(), modelWith()];
    twin.setWeights(model.getWeights());
    const full = tf.io.withSaveHandler(async () => {
      throw new Error('the disk is full');
    });
    for (const run of [model, twin]) await run.trainOnBatch(x(), y());
    expect(await messageOf(() => model.save(full, {includeOptimizer: true}))).toContain('disk');
    for (const run of [model, twin]) await run.trainOnBatch(x(), y());
    expect(valuesOf(model)).toEqual(valuesOf(twin));
  });
});
