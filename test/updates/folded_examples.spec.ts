import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {Folded} from '../support/folded';
import {variablesOf} from '../targets/pass';

const [B, T, N] = [4, 8, 5];

/** A layer for each entry of a sequence, below one for the whole. */
function networkOf(low: tf.layers.Layer, top: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({shape: [T, N]});
  const entries = new Folded([N]).apply(input);
  const whole = new Folded([T * 2]).apply(low.apply(entries) as tf.SymbolicTensor);
  return tf.model({inputs: input, outputs: top.apply(whole) as tf.SymbolicTensor});
}

/**
 * The change of the top layer in a step, and the rate that it had, where the layer below, which is not trained, is
 * stock or paired.
 */
async function steps(config: dtp.DTPOptimizerConfig, size: number) {
  const args = {units: 2, kernelInitializer: tf.initializers.glorotUniform({seed: 1})};
  const x = tf.randomNormal([B, T, N], 0, 1, 'float32', 3);
  const y = tf.randomNormal([B, 3], 0, size, 'float32', 4);
  const found = [];
  for (const low of [tf.layers.dense(args), dtp.layers.dense(args)]) {
    low.trainable = false;
    const top = dtp.layers.dense({
      units: 3,
      kernelInitializer: tf.initializers.glorotUniform({seed: 2}),
      kernelRegularizer: tf.regularizers.l2({l2: 0.1}),
    });
    const model = networkOf(low, top);
    const optimizer = new dtp.DTPOptimizer(config);
    model.compile({optimizer, loss: 'meanSquaredError'});
    const before = top.getWeights().map((weight) => weight.clone());
    await model.trainOnBatch(x, y);
    const changes = top.getWeights().map((weight, i) => weight.sub(before[i]));
    found.push({changes, rate: optimizer.learningRate});
  }
  return found;
}

onEveryBackendButWebgl('where a layer below has folded another axis into the examples', () => {
  const free = {decrease: null, shift: null, noise: null, together: null};

  for (const [what, bounds] of Object.entries({
    'the part that regularisers have in it': free,
    'the decrease that bounds allow': {...free, decrease: 0.1},
  })) {
    it(`the step of a layer above is as ever: ${what}`, async () => {
      const [stock, paired] = await steps({feedback: 'gradient', learningRate: 1, bounds}, 1);
      for (const [i, change] of stock.changes.entries()) {
        expectTensorsClose(paired.changes[i], change, 1e-5);
      }
    });
  }

  it('a step predicts the decrease that bounds allow it, of all layers together', () => {
    tf.tidy(() => {
      const seeded = (seed: number) => tf.initializers.glorotUniform({seed});
      const low = dtp.layers.dense({units: 2, kernelInitializer: seeded(1)});
      const top = dtp.layers.dense({units: 3, kernelInitializer: seeded(2)});
      const model = networkOf(low, top);
      const x = tf.randomNormal([B, T, N], 0, 1, 'float32', 3);
      // Errors of one size, so that p is 1.
      const signs = tf.randomNormal([B, 3], 0, 1, 'float32', 4).sign();
      const y = (model.predict(x) as tf.Tensor).add(signs);
      const loss = () => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor) as tf.Scalar;
      const variables = variablesOf(model);
      const before = variables.map((variable) => variable.clone());
      const {value, grads} = tf.variableGrads(loss, variables);
      const bounds = {...free, decrease: 0.1};
      new dtp.DTPOptimizer({
        feedback: 'gradient',
        learningRate: 1,
        bounds,
        update: {damping: 1e-3, balance: 0},
      }).minimize(loss, false, variables);
      const products = variables.map((variable, i) =>
        variable.sub(before[i]).mul(grads[variable.name]).sum(),
      );
      expectTensorsClose(tf.addN(products), value.mul(-0.1), 1e-3);
    });
  });

  it("the rate that 'polyak' finds is as ever", async () => {
    const [stock, paired] = await steps({learningRate: 'polyak', bounds: free}, 30);
    expect(stock.rate).toBeGreaterThan(0);
    expect(paired.rate).toBe(stock.rate);
  });
});
