import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {reloaded, valuesOf} from '../support/reloaded';

type Loss = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
type Head = {units: number; loss?: string | Loss};

const EXAMPLES = 6;

/** One hidden layer, and linear outputs. */
function modelOf(heads: Head[], config: dtp.DTPOptimizerConfig = {}): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.glorotNormal({seed});
  const input = tf.input({shape: [5]});
  const hidden = dtp.layers
    .dense({units: 8, activation: 'tanh', kernelInitializer: initializer(1)})
    .apply(input) as tf.SymbolicTensor;
  const outputs = heads.map(
    ({units}, i) =>
      dtp.layers
        .dense({units, kernelInitializer: initializer(2 + i)})
        .apply(hidden) as tf.SymbolicTensor,
  );
  const model = tf.model({inputs: input, outputs});
  const losses = heads.map(({loss = 'meanSquaredError'}) => loss);
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: losses as string[]});
  return model;
}

const inputs = () => tf.randomNormal([EXAMPLES, 5], 0, 1, 'float32', 1);
const labelsOf = (heads: Head[]) =>
  heads.map(({units}, i) => tf.randomNormal([EXAMPLES, units], 0, 2, 'float32', 2 + i));

async function train(model: tf.LayersModel, heads: Head[], steps = 1): Promise<void> {
  for (let step = 0; step < steps; step++) await model.trainOnBatch(inputs(), labelsOf(heads));
}

function rateOf(model: tf.LayersModel): number {
  return (model.optimizer as dtp.DTPOptimizer).learningRate;
}

onEveryBackend("The learning rate 'polyak'", () => {
  // L = ‖e‖² / n, and its gradient is 2 e / n.
  for (const units of [20, 64, 200]) {
    it(`is L / ‖∂L/∂h‖² = n / 4 of mean squared errors of n outputs, half a Newton step: ${units}`, async () => {
      const model = modelOf([{units}]);
      await train(model, [{units}]);
      expect(rateOf(model) / (units / 4)).toBeCloseTo(1, 4);
    });
  }

  it('is 4 where that is less, as of few outputs or of a sum over them', async () => {
    const sum: Loss = (labels, outputs) => outputs.sub(labels).square().sum(-1);
    for (const head of [{units: 10}, {units: 200, loss: sum}]) {
      const model = modelOf([head]);
      await train(model, [head]);
      expect(rateOf(model)).toBe(4);
    }
  });

  it('is of all outputs together: the sum of the losses over that of the squared gradients', async () => {
    const heads = [{units: 100}, {units: 40}];
    const model = modelOf(heads);
    const x = inputs();
    const errors = (model.predict(x) as tf.Tensor[]).map((output, i) =>
      output.sub(labelsOf(heads)[i]),
    );
    const squares = errors.map((error) => error.square().sum().dataSync()[0] / EXAMPLES);
    await train(model, heads);
    const loss = squares[0] / 100 + squares[1] / 40;
    const squaredGradient = 4 * (squares[0] / 100 ** 2 + squares[1] / 40 ** 2);
    expect(rateOf(model) / (loss / squaredGradient)).toBeCloseTo(1, 4);
  });

  it('is of the arms of a branch that are outputs, too', async () => {
    const input = tf.input({shape: [5]});
    const wide = dtp.layers.dense({units: 64}).apply(input);
    const outputs = dtp.layers.branch({branches: 2}).apply(wide) as tf.SymbolicTensor[];
    const model = tf.model({inputs: input, outputs});
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    await train(model, [{units: 64}, {units: 64}]);
    expect(rateOf(model)).toBeCloseTo(16, 3);
  });

  it('makes the same steps of a loss and of a tenth of it', async () => {
    const tenth: Loss = (labels, outputs) => outputs.sub(labels).square().mean(-1).div(10);
    const [whole, part] = [{units: 64}, {units: 64, loss: tenth}].map((head) => modelOf([head]));
    for (const model of [whole, part]) await train(model, [{units: 64}], 3);
    expect(rateOf(part) / rateOf(whole)).toBeCloseTo(10, 3);
    for (const [i, weight] of whole.trainableWeights.entries()) {
      expectTensorsClose(part.trainableWeights[i].read(), weight.read(), 1e-3);
    }
  });

  it('stays as the first mini-batch has it, until it is asked for anew', async () => {
    const heads = [{units: 64, loss: 'meanAbsoluteError'}];
    const model = modelOf(heads);
    expect(rateOf(model)).toBe(4);
    await train(model, heads);
    const first = rateOf(model);
    expect(first).toBeGreaterThan(4);
    await train(model, heads, 3);
    expect(rateOf(model)).toBe(first);
    (model.optimizer as dtp.DTPOptimizer).setLearningRate('polyak');
    await train(model, heads);
    // |e| is less than it was, and the length of its gradient is the same.
    expect(rateOf(model)).toBeLessThan(first);
    (model.optimizer as dtp.DTPOptimizer).setLearningRate(0.5);
    await train(model, heads);
    expect(rateOf(model)).toBe(0.5);
  });

  it('is not that of a step that was not taken', async () => {
    const heads = [{units: 64}];
    const model = modelOf(heads, {onNonFinite: 'skip'});
    await model.trainOnBatch(inputs().mul(Number.NaN), labelsOf(heads));
    expect(rateOf(model)).toBe(4);
    await train(model, heads);
    expect(rateOf(model)).toBeCloseTo(16, 3);
  });

  it('is still sought where a loss is not above 0, or has no gradient', async () => {
    const heads = [{units: 64}];
    const model = modelOf(heads);
    await model.trainOnBatch(inputs(), model.predict(inputs()) as tf.Tensor);
    await train(model, heads);
    expect(rateOf(model)).toBeCloseTo(16, 3);
    let sign = -1;
    const changing: Loss = (labels, outputs) => outputs.sub(labels).square().mean(-1).mul(sign);
    const later = modelOf([{units: 64, loss: changing}]);
    await train(later, heads);
    sign = 1;
    expect(rateOf(later)).toBe(4);
    await train(later, heads);
    expect(rateOf(later)).toBeCloseTo(16, 3);
  });

  it('is the default, but for losses that 0 is no bound of', () => {
    const rate = (config: dtp.DTPOptimizerConfig) =>
      new dtp.DTPOptimizer(config).getConfig().learningRate;
    expect(rate({})).toBe('polyak');
    expect(rate({bounds: {decrease: null}})).toBe(4);
    expect(rate({influence: 'uniform'})).toBe(4);
    expect(rate({influence: 'uniform', learningRate: 'polyak'})).toBe('polyak');
  });

  it('leaves all as it was where kernels would decay to nothing at it', async () => {
    const heads = [{units: 64}];
    const model = modelOf(heads, {weightDecay: 0.1});
    const before = valuesOf(model);
    const tensors = tf.memory().numTensors;
    await expectAsync(train(model, heads)).toBeRejectedWithError(
      RangeError,
      /weightDecay is 0.1 at a learning rate of 16/,
    );
    expect(valuesOf(model)).toEqual(before);
    // Inputs and labels are the caller's.
    expect(tf.memory().numTensors).toBe(tensors + 2);
  });

  it('is saved with the run, which continues exactly', async () => {
    const heads = [{units: 50, loss: 'logcosh'}];
    const model = modelOf(heads);
    await train(model, heads, 2);
    expect(rateOf(model)).toBeGreaterThan(4);
    const resumed = await reloaded(model);
    expect(rateOf(resumed)).toBe(rateOf(model));
    for (const run of [model, resumed]) await train(run, heads, 2);
    expect(valuesOf(resumed)).toEqual(valuesOf(model));
  });

  it('goes with the state of a run: as before where that is rejected, sought where it has none', async () => {
    const heads = [{units: 64}];
    const model = modelOf(heads, {optimizer: tf.train.momentum(1, 0.9)});
    await train(model, heads);
    const rate = rateOf(model);
    const other = modelOf(heads, {optimizer: tf.train.adam()});
    await train(other, heads);
    const ofAdam = await other.optimizer.getWeights();
    await expectAsync(model.optimizer.setWeights(ofAdam)).toBeRejected();
    expect(rateOf(model)).toBe(rate);
    await model.optimizer.setWeights(await modelOf(heads).optimizer.getWeights());
    expect(rateOf(model)).toBe(4);
  });
});
