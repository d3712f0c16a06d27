import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';

const WIDTH = 6;
const LAYERS = 4;

type Activation = 'linear' | 'tanh';

/** Layers W = I + 0.25 N with the exact inverse as decoder; the last one is linear. */
function invertibleNet(activation: Activation): tf.Sequential {
  const model = tf.sequential();
  for (let l = 0; l < LAYERS; l++) {
    model.add(
      dtp.layers.dense({
        units: WIDTH,
        inputShape: [WIDTH],
        activation: l < LAYERS - 1 ? activation : 'linear',
      }),
    );
    const noise = tf.randomNormal([WIDTH, WIDTH], 0, 0.25, 'float32', 10 + l) as tf.Tensor2D;
    const kernel = tf.eye(WIDTH).add(noise) as tf.Tensor2D;
    const {decoder} = model.layers[l] as dtp.DTPDense;
    model.layers[l].setWeights([
      kernel,
      tf.zeros([WIDTH]),
      ...model.layers[l].getWeights().slice(2),
    ]);
    decoder?.kernel.write(inverse(kernel));
  }
  return model;
}

/** W⁻¹ by Newton's iteration, V ← V (2I − W V). */
function inverse(w: tf.Tensor2D): tf.Tensor2D {
  const norm = (t: tf.Tensor, axis: number) => t.abs().sum(axis).max().dataSync()[0];
  let v = w.transpose().div(norm(w, 0) * norm(w, 1)) as tf.Tensor2D;
  const two = tf.eye(WIDTH).mul(2);
  for (let i = 0; i < 30; i++) v = v.matMul(two.sub(w.matMul(v))) as tf.Tensor2D;
  return v;
}

/** Trains one step with only layer `l` trainable; returns Δh_L and −rate ∂L_b/∂h_L. */
function oneStep(activation: Activation, l: number, rate: number, config: dtp.DTPOptimizerConfig) {
  const model = invertibleNet(activation);
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
    bounds: {shift: null},
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
        const {change, wanted} = oneStep('linear', l, 0.01, {update: {damping: 0}});
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
