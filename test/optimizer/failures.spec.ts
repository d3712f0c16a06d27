import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {valuesOf} from '../support/reloaded';

function modelWith(optimizer: tf.Optimizer): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      dtp.layers.dense({units: 4, activation: 'tanh', inputShape: [3], name: 'first'}),
      tf.layers.batchNormalization(),
      dtp.layers.dense({units: 2, name: 'second'}),
    ],
  });
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}

async function messageOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

const x = () => tf.randomUniform([4, 3], 0, 1, 'float32', 1);
const y = () => tf.randomUniform([4, 2], 0, 1, 'float32', 2);

/** What spoils a step, and the end of the sentence that says where. */
const spoilers: Array<[what: string, x: () => tf.Tensor, y: () => tf.Tensor, where: string]> = [
  ['NaN in the input', () => x().mul(Number.NaN), y, 'in the input of layer "first"'],
  ['infinity in the input', () => x().div(0), y, 'in the input of layer "first"'],
  ['NaN in the labels', x, () => y().mul(Number.NaN), "while every layer's output is finite"],
  ['labels too large to square', x, () => y().add(1e30), "while every layer's output is finite"],
];

onEveryBackend('a training step that fails', () => {
  for (const [what, badX, badY, where] of spoilers) {
    it(`leaves all weights as they were and names step and place: ${what}`, async () => {
      const model = modelWith(new dtp.DTPOptimizer());
      await model.trainOnBatch(x(), y());
      const before = valuesOf(model);
      const message = await messageOf(() => model.trainOnBatch(badX(), badY()));
      expect(message).toMatch(/^NonFiniteError: DTPOptimizer: step 1: the loss is (NaN|Infinity)/);
      expect(message).toContain(where);
      expect(message).toContain('all weights are as before');
      expect(valuesOf(model)).toEqual(before);
    });
  }

  it('leaves all weights as they were when it is the first, before which decoders warm up', async () => {
    const model = modelWith(new dtp.DTPOptimizer({learningRate: 3e38}));
    const before = valuesOf(model);
    const message = await messageOf(() => model.trainOnBatch(x().mul(1e-6), y().mul(1e4)));
    expect(message).toMatch(/step 0: the change of layer "(first|second)" is not finite/);
    expect(valuesOf(model)).toEqual(before);
  });

  it('is left out and counted on request, and training goes on', async () => {
    const optimizer = new dtp.DTPOptimizer({onNonFinite: 'skip'});
    const model = modelWith(optimizer);
    const before = valuesOf(model);
    expect(await model.trainOnBatch(x().mul(Number.NaN), y())).toBeNaN();
    expect(valuesOf(model)).toEqual(before);
    expect(optimizer.skippedSteps).toBe(1);
    expect(await model.trainOnBatch(x(), y())).toBeGreaterThan(0);
    expect(valuesOf(model)).not.toEqual(before);
    expect(optimizer.skippedSteps).toBe(1);
  });

  it('leaves all weights and its state as they were where a decoder cannot learn any more', async () => {
    let lessons = 0;
    const objective = 'untilTheThirdStep' as dtp.DecoderObjectiveName;
    const objectives = dtp.decoderObjectives as Record<string, dtp.DecoderObjective>;
    objectives[objective] = (state, batch, options) => {
      // The first is the warm-up, the second that of the first step.
      if (++lessons > 2)
        throw new dtp.NonFiniteError('the Gram matrix of its inputs is not finite');
      return dtp.decoderObjectives.perturbation(state, batch, options);
    };
    try {
      const optimizer = new dtp.DTPOptimizer({decoders: {objective, every: 2, drift: 1e-9}});
      const model = modelWith(optimizer);
      for (let step = 0; step < 2; step++) await model.trainOnBatch(x(), y());
      const before = valuesOf(model);
      const drift = await driftOf(optimizer);
      expect(drift).toBeGreaterThan(0);
      const tensors = tf.memory().numTensors;
      const message = await messageOf(() => model.trainOnBatch(x(), y()));
      expect(message).toMatch(
        /step 2: the decoder of layer "second" cannot learn: the Gram matrix .* is not finite/,
      );
      expect(valuesOf(model)).toEqual(before);
      // Its two arguments.
      expect(tf.memory().numTensors).toBe(tensors + 2);
      expect(await driftOf(optimizer)).toBe(drift);
    } finally {
      delete objectives[objective];
    }
  });

  it('names a decoder that has diverged', async () => {
    const diverging = {optimizer: {className: 'SGD', config: {learningRate: 1e30}}, warmupSteps: 1};
    const model = modelWith(new dtp.DTPOptimizer({decoders: diverging}));
    const steps = async () => {
      for (let step = 0; step < 4; step++) await model.trainOnBatch(x(), y());
    };
    expect(await messageOf(steps)).toMatch(
      /the decoder of layer "second", which has diverged \(lower decoders\.learningRate or the rate of/,
    );
  });

  it('leaves no tensor behind', async () => {
    const model = modelWith(new dtp.DTPOptimizer({onNonFinite: 'skip'}));
    const [good, bad, labels] = [x(), x().mul(Number.NaN), y()];
    await model.trainOnBatch(good, labels);
    const before = tf.memory().numTensors;
    await model.trainOnBatch(bad, labels);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** How far the only layer with a decoder in use has moved since its lesson. */
async function driftOf(optimizer: tf.Optimizer): Promise<number> {
  const weights = await optimizer.getWeights();
  const tensor = weights.find(({name}) => name === 'decoders/drift')?.tensor as tf.Tensor;
  return tensor.dataSync()[0];
}

describe('DTPOptimizer', () => {
  it('says that a model has no paired layer, and how to get one', async () => {
    const model = tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const before = valuesOf(model);
    const [input, labels] = [x(), y()];
    const tensors = tf.memory().numTensors;
    const message = await messageOf(() => model.trainOnBatch(input, labels));
    expect(message).toMatch(
      /DTPOptimizer: the model has no paired layer.*dtp\.convert\(model\).*dtp\.layers\.dense/,
    );
    expect(valuesOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('says that a loss depends on nothing that is trained, and leaves no tensor behind', async () => {
    const frozen = modelWith(new dtp.DTPOptimizer());
    for (const layer of frozen.layers) layer.trainable = false;
    const variable = tf.variable(tf.scalar(1));
    const [input, labels] = [x(), y()];
    const losses = {
      'of frozen layers': () =>
        tf.losses.meanSquaredError(labels, frozen.apply(input) as tf.Tensor),
      'of a gradient alone': () =>
        tf
          .grad((at) => (frozen.apply(at) as tf.Tensor).sum())(input)
          .square()
          .mean(),
    };
    for (const [what, loss] of Object.entries(losses)) {
      const optimizer = new dtp.DTPOptimizer();
      tf.dispose(loss());
      const before = tf.memory().numTensors;
      expect(() => optimizer.minimize(loss as () => tf.Scalar, false, [variable]))
        .withContext(what)
        .toThrowError(Error, /^DTPOptimizer: /);
      expect(tf.memory().numTensors).withContext(what).toBe(before);
    }
    const optimizer = new dtp.DTPOptimizer();
    const loss = losses['of frozen layers'] as () => tf.Scalar;
    expect(() => optimizer.minimize(loss, false, [variable])).toThrowError(
      /the loss does not depend on any weight that is trained.*trainable = true/,
    );
  });

  it('says so of one that has branches, which take part but have no weights', async () => {
    const input = tf.input({shape: [3]});
    const hidden = tf.layers.dense({units: 3}).apply(input);
    const arms = dtp.layers.branch({branches: 2}).apply(hidden) as tf.SymbolicTensor[];
    const outputs = tf.layers.add().apply(arms) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs});
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    expect(await messageOf(() => model.trainOnBatch(tf.ones([2, 3]), tf.ones([2, 3])))).toMatch(
      /DTPOptimizer: the model has no paired layer/,
    );
  });

  it('says that a layer above trained layers needs its decoder, naming it', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 4, inputShape: [3]}),
        dtp.layers.dense({units: 2, decoder: false, name: 'second'}),
      ],
    });
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const before = valuesOf(model);
    const message = await messageOf(() => model.trainOnBatch(x(), y()));
    expect(message).toMatch(/DTPDense "second": has no decoder.*layers below it are trained/);
    expect(valuesOf(model)).toEqual(before);
  });

  it('says that there is nothing to train where all layers are frozen', () => {
    const optimizer = new dtp.DTPOptimizer();
    expect(() => optimizer.minimize(() => tf.scalar(0), false, [])).toThrowError(
      /nothing to train.*trainable = true/,
    );
  });

  for (const rate of [Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    it(`leaves no tensor behind where a learning-rate schedule fails: ${rate}`, async () => {
      const model = modelWith(new dtp.DTPOptimizer({learningRate: () => rate}));
      const [input, labels] = [x(), y()];
      const tensors = tf.memory().numTensors;
      const message = await messageOf(() => model.trainOnBatch(input, labels));
      expect(message).toContain(`RangeError: DTPOptimizer: learningRate(0) returned ${rate},`);
      expect(tf.memory().numTensors).toBe(tensors);
    });
  }

  it('has no gradients apart from its steps', () => {
    const optimizer = new dtp.DTPOptimizer();
    expect(() => optimizer.computeGradients()).toThrowError(/Call minimize\(\)/);
    expect(() => optimizer.applyGradients()).toThrowError(/Call minimize\(\)/);
  });
});
