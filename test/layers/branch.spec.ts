import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {
  architectures,
  data,
  pairedLayers,
  stockAndPaired,
  stockLayers,
} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {reloaded, valuesOf} from '../support/reloaded';

const withBranches = Object.keys(architectures).filter((name) => /branch/.test(name));

function compiled(name: string, config: dtp.DTPOptimizerConfig = {}): tf.LayersModel {
  const [, model] = stockAndPaired(architectures[name]);
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  return model;
}

/** What a model returns while a training step runs. */
function outputsInStep(model: tf.LayersModel, x: tf.Tensor | tf.Tensor[]): number[][] {
  const values: number[][] = [];
  const loss = () => {
    const outputs = [model.apply(x)].flat() as tf.Tensor[];
    values.push(...outputs.map((output) => Array.from(output.dataSync())));
    return tf.addN(outputs.map((output) => output.square().sum())) as tf.Scalar;
  };
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  new dtp.DTPOptimizer().minimize(loss, false, variables);
  return values;
}

onEveryBackendButWebgl('a model with branches', (backend) => {
  for (const name of withBranches) {
    it(`computes in a training step what plain fan-outs compute, to the last bit: ${name}`, () => {
      tf.tidy(() => {
        const [, marked] = stockAndPaired(architectures[name]);
        const plain = architectures[name].build({...pairedLayers, branch: stockLayers.branch});
        for (const [i, weight] of marked.trainableWeights.entries()) {
          plain.trainableWeights[i].write(weight.read());
        }
        const {x} = data(architectures[name], 5);
        expect(outputsInStep(marked, x)).toEqual(outputsInStep(plain, x));
      });
    });

    for (const config of [{}, {influence: 'paper', inversion: {iterations: 2}}] as const) {
      it(`leaves the number of tensors where it was: ${name}, ${JSON.stringify(config)}`, async () => {
        const model = compiled(name, config);
        const {x, y} = data(architectures[name], 6);
        await model.trainOnBatch(x, y);
        const before = tf.memory().numTensors;
        for (let step = 0; step < 50; step++) await model.trainOnBatch(x, y);
        expect(tf.memory().numTensors).toBe(before);
      });
    }

    it(`is as it was after a step that fails: ${name}`, async () => {
      const model = compiled(name, {onNonFinite: 'skip'});
      const {x, y} = data(architectures[name], 6);
      await model.trainOnBatch(x, y);
      const before = valuesOf(model);
      const tensors = tf.memory().numTensors;
      const bad = [y].flat().map((labels) => labels.mul(Number.NaN));
      expect([await model.trainOnBatch(x, bad)].flat()[0]).toBeNaN();
      tf.dispose(bad);
      expect(valuesOf(model)).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it(`is saved and loaded, and goes on as it would have: ${name}`, async () => {
      const model = compiled(name);
      const {x, y} = data(architectures[name], 6);
      await model.trainOnBatch(x, y);
      const loaded = await reloaded(model);
      for (const each of [model, loaded]) await each.trainOnBatch(x, y);
      // How webgl rounds depends on where it has put a tensor before.
      const tolerance = backend === 'webgl' ? 1e-5 : 0;
      for (const [i, weight] of loaded.getWeights().entries()) {
        expectTensorsClose(weight, model.getWeights()[i], tolerance);
      }
    });
  }

  it('trains to the last bit as it would without an arm that leads nowhere', async () => {
    const {build, ...shapes} = architectures['a branch around a layer'];
    const models = [2, 3].map((branches) =>
      build({...pairedLayers, branch: (x) => pairedLayers.branch(x, branches)}),
    );
    models[1].setWeights(models[0].getWeights());
    const {x, y} = data(shapes, 6);
    for (const model of models) {
      model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
      for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    }
    expect(valuesOf(models[1])).toEqual(valuesOf(models[0]));
  });

  it('bounds no layer as a hidden one that goes to the loss past all others', async () => {
    const weights = [];
    for (const shift of [null, 1e-9]) {
      const input = tf.input({shape: [3]});
      const zeros = tf.initializers.zeros();
      const layer = dtp.layers.dense({units: 2, kernelInitializer: zeros, biasInitializer: 'ones'});
      const arms = dtp.layers.branch({branches: 2}).apply(layer.apply(input) as tf.SymbolicTensor);
      const model = tf.model({inputs: input, outputs: tf.layers.add().apply(arms) as never});
      const optimizer = new dtp.DTPOptimizer({bounds: {shift}});
      model.compile({optimizer, loss: 'meanSquaredError'});
      await model.trainOnBatch(tf.ones([4, 3]), tf.zeros([4, 2]));
      weights.push(valuesOf(model));
    }
    expect(weights[1]).toEqual(weights[0]);
  });
});

describe('DTPBranch', () => {
  const input = () => tf.input({shape: [3]});

  it('gives one output for each branch, of the shape of its input', () => {
    const outputs = dtp.layers.branch({branches: 3}).apply(input());
    expect(outputs.map(({shape}) => shape)).toEqual([
      [null, 3],
      [null, 3],
      [null, 3],
    ]);
  });

  it('is the identity, in tensors of its own', () => {
    const x = tf.tensor2d([[1, 2, 3]]);
    const outputs = dtp.layers.branch({branches: 2}).call(x, {});
    expect(new Set([x, ...outputs].map(({id}) => id)).size).toBe(3);
    for (const output of outputs) expect(output.dataSync()).toEqual(x.dataSync());
  });

  it('hands the mask of its input to every branch', () => {
    const input = tf.input({shape: [3]});
    const embedded = tf.layers.embedding({inputDim: 4, outputDim: 2, maskZero: true});
    const arms = (x: tf.SymbolicTensor, marked: boolean) =>
      marked ? dtp.layers.branch({branches: 2}).apply(x) : [x, x];
    const recurrent = tf.layers.simpleRNN({units: 2});
    const x = tf.tensor2d([[1, 2, 0]]);
    const [plain, marked] = [false, true].map((mark) => {
      const [a, b] = arms(embedded.apply(input) as tf.SymbolicTensor, mark);
      const outputs = [recurrent.apply(a), recurrent.apply(b)] as tf.SymbolicTensor[];
      const results = tf.model({inputs: input, outputs}).apply(x) as tf.Tensor[];
      return results.map((result) => Array.from(result.dataSync()));
    });
    expect(marked).toEqual(plain);
  });

  it('has its settings in its configuration', () => {
    const {branches, merge} = dtp.layers.branch({branches: 2}).getConfig();
    expect([branches, merge]).toEqual([2, 'measured']);
    const summing = dtp.layers.branch({branches: 3, merge: 'sum'});
    expect(new dtp.DTPBranch(summing.getConfig() as never).getConfig()).toEqual(
      summing.getConfig(),
    );
  });

  it('rejects a number of branches that makes no sense, saying what does', () => {
    for (const branches of [1, 0, -2, 2.5, Number.NaN, '2', undefined]) {
      expect(() => dtp.layers.branch({branches: branches as number, name: 'fork'})).toThrowError(
        RangeError,
        /DTPBranch "fork": branches is .*, expected a whole number ≥ 2/,
      );
    }
  });

  it('rejects no settings at all, saying what it needs', () => {
    expect(() => dtp.layers.branch(undefined as never)).toThrowError(
      RangeError,
      /branches is undefined, expected a whole number ≥ 2/,
    );
  });

  it('rejects a merge that does not exist, naming those that do', () => {
    for (const merge of ['mean', 'toString']) {
      expect(() =>
        dtp.layers.branch({branches: 2, name: 'fork', merge: merge as 'sum'}),
      ).toThrowError(
        RangeError,
        `DTPBranch "fork": merge is '${merge}', expected one of measured, convex, sum.`,
      );
    }
  });

  it('rejects several inputs', () => {
    const layer = dtp.layers.branch({branches: 2, name: 'fork'});
    expect(() => layer.apply([input(), input()])).toThrowError(
      RangeError,
      /DTPBranch "fork": applied to 2 inputs, expected one/,
    );
  });
});
