import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {invertibleNet, LAYERS, pairedModel, WIDTH} from './invertible_net';

/** Trains one step with only layer `l` trainable; returns Δh_L and −rate ∂L_b/∂h_L. */
function oneStep(
  activation: 'linear' | 'tanh',
  l: number,
  rate: number,
  config: dtp.DTPOptimizerConfig,
) {
  const model = pairedModel(invertibleNet(activation));
  for (const [i, layer] of model.layers.entries()) layer.trainable = i === l;
  const examples = config.update?.rule === 'example' ? 1 : 5;
  const x = tf.randomNormal([examples, WIDTH], 0, 0.2, 'float32', 1);
  const before = model.predict(x) as tf.Tensor;
  const y = before.add(tf.randomNormal([examples, WIDTH], 0, 10, 'float32', 2));
  const optimizer = new dtp.DTPOptimizer({
    learningRate: rate,
    influence: 'none',
    inversion: {iterations: 60},
    decoders: {warmupSteps: 0},
    bounds: {shift: null, noise: null},
    ...config,
  });
  optimizer.minimize(
    () => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor) as tf.Scalar,
    false,
    model.trainableWeights.map((weight) => weight.read() as tf.Variable),
  );
  return {
    change: (model.predict(x) as tf.Tensor).sub(before),
    wanted: y.sub(before).mul((2 / WIDTH) * rate),
  };
}

function relativeError(actual: tf.Tensor, expected: tf.Tensor): number {
  return actual.sub(expected).norm().div(expected.norm()).dataSync()[0];
}

onEveryBackend('one step with exact decoders and one trainable layer', () => {
  for (let l = 0; l < LAYERS; l++) {
    it(`moves h_L by −lr ∂L/∂h_L: 'example' update of layer ${l + 1}`, () => {
      tf.tidy(() => {
        const {change, wanted} = oneStep('linear', l, 0.01, {update: {rule: 'example'}});
        expect(relativeError(change, wanted)).toBeLessThan(1e-4);
      });
    });

    it(`moves every h_L of the batch at once: 'minibatch' update of layer ${l + 1}`, () => {
      tf.tidy(() => {
        const {change, wanted} = oneStep('linear', l, 0.01, {update: {damping: 0, balance: 0}});
        expect(relativeError(change, wanted)).toBeLessThan(1e-3);
      });
    });

    // Of second order in the step, and of first order in float32 rounding over its size.
    it(`does so through tanh up to the curvature within the step: layer ${l + 1}`, () => {
      tf.tidy(() => {
        const {change, wanted} = oneStep('tanh', l, 1e-3, {update: {rule: 'example'}});
        expect(relativeError(change, wanted)).toBeLessThan(0.02);
      });
    });
  }
});
