import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

type Loss = NonNullable<tf.ModelCompileArgs['loss']>;
type DenseArgs = Parameters<typeof tf.layers.dense>[0];
type OutputArgs = Omit<DenseArgs, 'units'>;

const examples = 5;
const units = 3;

const classes = () => tf.tensor1d([0, 2, 1, 1, 0], 'int32');
const oneHot = () => tf.oneHot(classes(), units).toFloat();
const signs = () => oneHot().mul(2).sub(1);
const amounts = () => tf.randomUniform([examples, units], 0.2, 1.5, 'float32', 3);
const shares = () => tf.softmax(amounts());

interface Task {
  loss: Loss;
  activation?: DenseArgs['activation'];
  labels: () => tf.Tensor;
}

/** Every loss that tfjs knows by name, with outputs and labels that it is made for. */
const named: Record<string, Omit<Task, 'loss'>> = {
  meanSquaredError: {labels: amounts},
  meanAbsoluteError: {labels: amounts},
  meanAbsolutePercentageError: {labels: amounts},
  meanSquaredLogarithmicError: {activation: 'softplus', labels: amounts},
  squaredHinge: {labels: signs},
  hinge: {labels: signs},
  categoricalHinge: {labels: oneHot},
  logcosh: {labels: amounts},
  categoricalCrossentropy: {activation: 'softmax', labels: oneHot},
  sparseCategoricalCrossentropy: {
    activation: 'softmax',
    labels: () => classes().toFloat().expandDims(1),
  },
  binaryCrossentropy: {activation: 'sigmoid', labels: oneHot},
  kullbackLeiblerDivergence: {activation: 'softmax', labels: shares},
  poisson: {activation: 'softplus', labels: amounts},
  cosineProximity: {labels: amounts},
};

type LossFunction = (labels: tf.Tensor, output: tf.Tensor) => tf.Tensor;

/** Functions of one value for each example, and of one for the batch. */
const functions: Record<string, Task> = {
  'tf.metrics.meanSquaredError': {loss: tf.metrics.meanSquaredError, labels: amounts},
  'tf.losses.huberLoss': {loss: tf.losses.huberLoss as LossFunction, labels: amounts},
  'tf.losses.logLoss': {
    loss: tf.losses.logLoss as LossFunction,
    activation: 'sigmoid',
    labels: oneHot,
  },
  'tf.losses.softmaxCrossEntropy': {
    loss: tf.losses.softmaxCrossEntropy as LossFunction,
    labels: oneHot,
  },
  "a user's own": {
    loss: (labels, output) => labels.sub(output).pow(4).sum(-1),
    activation: 'tanh',
    labels: amounts,
  },
};

const tasks: Record<string, Task> = {
  ...Object.fromEntries(Object.entries(named).map(([loss, task]) => [loss, {loss, ...task}])),
  ...functions,
};

/** Takes the paper's step of each example, and nothing off it. */
const literal: dtp.DTPOptimizerConfig = {
  learningRate: 1,
  update: {rule: 'example'},
  bounds: {decrease: null, shift: null, noise: null},
};

/** One output for each set of arguments, all of the same input. */
function modelOf(dense: (args: DenseArgs) => tf.layers.Layer, outputs: OutputArgs[]) {
  const input = tf.input({shape: [examples]});
  const model = tf.model({
    inputs: input,
    outputs: outputs.map(
      (args) => dense({units, useBias: false, ...args}).apply(input) as tf.SymbolicTensor,
    ),
  });
  for (const [i, weight] of model.trainableWeights.entries()) {
    weight.write(tf.randomUniform([examples, units], -0.6, 0.6, 'float32', 7 + i));
  }
  return model;
}

/**
 * Expects a step to be that of stock gradient descent at rate 1.
 *
 * With one-hot inputs and no bias row b of W is h_L of example b, so gradient descent moves it by
 * −∂L/∂h_L, and the literal rule by d_L / (β B). They are equal if d_L = −β B ∂L/∂h_L.
 */
async function expectStepOfGradientDescent(
  outputs: OutputArgs[],
  loss: Loss,
  labels: tf.Tensor[],
  classWeight?: tf.ModelFitArgs['classWeight'],
) {
  const stock = modelOf(tf.layers.dense, outputs);
  const paired = modelOf(dtp.layers.dense, outputs);
  stock.compile({optimizer: tf.train.sgd(1), loss});
  paired.compile({optimizer: new dtp.DTPOptimizer(literal), loss});
  const before = stock.trainableWeights.map((weight) => weight.read().clone());
  const x = tf.eye(examples);
  const settings = {batchSize: examples, shuffle: false, verbose: 0, classWeight} as const;
  const expected = await stock.fit(x, labels, settings);
  const {history} = await paired.fit(x, labels, settings);

  expect(history.loss[0]).toBeCloseTo(expected.history.loss[0] as number, 5);
  for (const [i, weight] of paired.trainableWeights.entries()) {
    const change = stock.trainableWeights[i].read().sub(before[i]);
    expect(change.abs().max().dataSync()[0]).toBeGreaterThan(1e-3);
    // Weights round at 6e-8 beside changes of a hundredth.
    expectTensorsClose(weight.read().sub(before[i]), change, 5e-5);
  }
}

onEveryBackend('the output target is h − β ∂L/∂h of each example', () => {
  const classWeight = {0: 0.5, 1: 2, 2: 3};

  for (const [name, {loss, activation, labels}] of Object.entries(tasks)) {
    it(`with the loss ${name}`, () =>
      expectStepOfGradientDescent([{activation}], loss, [labels()]));

    it(`with the loss ${name} and weights of classes`, () =>
      expectStepOfGradientDescent([{activation}], loss, [labels()], classWeight));
  }

  const two: OutputArgs[] = [{name: 'kind', activation: 'softmax'}, {name: 'size'}];

  it('with one loss for all outputs', () =>
    expectStepOfGradientDescent(two, 'meanSquaredError', [shares(), amounts()]));

  it('with a list of losses, one for each output', () =>
    expectStepOfGradientDescent(
      two,
      ['categoricalCrossentropy', 'meanAbsoluteError'],
      [oneHot(), amounts()],
    ));

  it('with losses by the names of outputs, and weights of classes for one of them', () =>
    expectStepOfGradientDescent(
      two,
      {kind: 'categoricalCrossentropy', size: 'logcosh'},
      [oneHot(), amounts()],
      [classWeight, {0: 1, 1: 1, 2: 1}],
    ));

  it('while regularisers pull as in gradient descent', () =>
    expectStepOfGradientDescent(
      [{kernelRegularizer: tf.regularizers.l1l2({l1: 0.01, l2: 0.1})}],
      'meanSquaredError',
      [amounts()],
    ));
});
