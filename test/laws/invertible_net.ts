import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {weigh} from '../../src/influence/weigh';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {createStep, withStep} from '../../src/step/training_step';
import {propagate} from '../../src/targets/propagate';
import {changesOf, weightChanges} from '../../src/updates/weight_changes';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inner,
  inverse,
  type Matrix,
  product,
  randomMatrix,
  rightInverse,
  scaled,
  sum,
  transposed,
} from '../support/float64';

export const WIDTH = 6;
export const LAYERS = 4;

/** Examples that leave tanh its slope: σ' > 0.5 throughout the network. */
export const x = scaled(randomMatrix(3, WIDTH, 1), 0.25);

/** −∂L_b/∂h_L of every example. */
export const wanted = scaled(randomMatrix(3, WIDTH, 2), 0.5);

/** Enough where g is exact up to σ': one iteration leaves 1 − σ'² < 0.75 of the error. */
export const inversion = {iterations: 80};

/**
 * A chain of dense layers in float64, for rows: the network of the laws outside TensorFlow.js.
 *
 *     h_l = σ_{l−1}(h_{l−1}) W_l + b_l,   h_1 = x W_1 + b_1;   g_l(h) = (h − b_l) G_l
 */
export type Net = Layer[];

export interface Layer {
  /** W, `[in, out]`. */
  kernel: Matrix;
  /** b, `[out]`; null for a layer without one. */
  bias: number[] | null;
  /** σ, which follows h; after the last layer, where it is the loss's, also softmax. */
  activation: 'linear' | 'tanh' | 'softmax';
  /** G, `[out, in]`. */
  decoder: Matrix;
}

/** Layers W = I + 0.25 N, far from singular, with the exact inverse as decoder; the last is linear. */
export function invertibleNet(
  activation: 'linear' | 'tanh' = 'tanh',
  {useBias = true}: {useBias?: boolean} = {},
): Net {
  return Array.from({length: LAYERS}, (_, l) => {
    const noise = randomMatrix(WIDTH, WIDTH, 10 + l);
    const kernel = sum(identity(WIDTH), scaled(noise, 0.25));
    return {
      kernel,
      bias: useBias ? scaled(randomMatrix(1, WIDTH, 20 + l), 0.1)[0] : null,
      activation: l < LAYERS - 1 ? activation : 'linear',
      decoder: inverse(kernel),
    };
  });
}

/** The same network as a model of paired layers. */
export function pairedModel(net: Net): tf.Sequential {
  const model = tf.sequential();
  for (const {kernel, bias, activation, decoder} of net) {
    const [inputs, units] = [kernel.length, kernel[0].length];
    const layer = dtp.layers.dense({
      units,
      inputShape: [inputs],
      activation,
      useBias: bias !== null,
    });
    model.add(layer);
    tf.tidy(() => {
      const weights = [tf.tensor2d(kernel), ...(bias === null ? [] : [tf.tensor1d(bias)])];
      layer.setWeights([...weights, ...layer.getWeights().slice(weights.length)]);
      layer.decoder?.kernel.write(tf.tensor2d(decoder));
      if (bias !== null)
        layer.decoder?.bias.write(tf.tensor1d(scaled(product([bias], decoder), -1)[0]));
    });
  }
  return model;
}

/** An orthogonal matrix, another one for every l. */
export function rotation(l: number): Matrix {
  return product(reflection(40 + l), reflection(50 + l));
}

/** I − 2 v vᵀ / ‖v‖². */
function reflection(seed: number): Matrix {
  const v = randomMatrix(1, WIDTH, seed);
  return sum(identity(WIDTH), scaled(product(transposed(v), v), -2 / inner(v[0], v[0])));
}

/** x_l = σ(h_{l−1}), the inputs of every layer, one row for each example. */
export function inputs(net: Net, examples: Matrix): Matrix[] {
  const below = preActivations(net, examples).slice(0, -1);
  const activated = (h: number, l: number) => (net[l].activation === 'tanh' ? Math.tanh(h) : h);
  return [examples, ...below.map((rows, l) => rows.map((row) => row.map((h) => activated(h, l))))];
}

/** h_1 ... h_L, one row for each example. */
export function preActivations(net: Net, examples: Matrix): Matrix[] {
  let rows = examples;
  return net.map(({kernel, bias, activation}) => {
    const h = product(rows, kernel).map((row) => row.map((entry, i) => entry + (bias?.[i] ?? 0)));
    rows = activation === 'tanh' ? h.map((row) => row.map(Math.tanh)) : h;
    return h;
  });
}

/** h_L. */
export function output(net: Net, examples: Matrix): Matrix {
  return preActivations(net, examples)[net.length - 1];
}

/**
 * Jᵀ of every layer for one example, where J = ∂h_L/∂h_l acts on columns: Δh_L = Δh_l Jᵀ for rows.
 *
 *     J_Lᵀ = I,   J_{l−1}ᵀ = diag σ'(h_{l−1}) W_l J_lᵀ                          (Bengio 2020, §4)
 */
export function transposedJacobians(net: Net, example: number[]): Matrix[] {
  const h = preActivations(net, [example]);
  const jacobians = [identity(net[net.length - 1].kernel[0].length)];
  for (let l = net.length - 1; l > 0; l--) {
    const {activation} = net[l - 1];
    const slopes = h[l - 1][0].map((entry) =>
      activation === 'tanh' ? 1 - Math.tanh(entry) ** 2 : 1,
    );
    jacobians.unshift(product(diagonal(slopes), net[l].kernel, jacobians[0]));
  }
  return jacobians;
}

/** (JᵀJ)⁻¹ Jᵀ of the wanted Δh_L: the Gauss–Newton step of h_l, one row for each example. */
export function gaussNewtonSteps(net: Net, l: number, outputSteps = wanted): Matrix {
  return x.flatMap((example, i) =>
    product([outputSteps[i]], rightInverse(transposedJacobians(net, example)[l])),
  );
}

/** Jᵀ of the wanted Δh_L = −∂L_b/∂h_L: −∂L_b/∂h_l, one row for each example. */
export function gradientSteps(net: Net, l: number): Matrix {
  return x.flatMap((example, i) =>
    product([wanted[i]], transposed(transposedJacobians(net, example)[l])),
  );
}

/** The loss of a batch as a function of the model's output. */
export type Loss = (modelOutput: tf.Tensor) => tf.Tensor;

/** The squared error ½‖h_L − y‖², meaned over the batch, with y so that −∂L_b/∂h_L is as wanted. */
export function squaredError(net: Net, examples: Matrix, wanted: Matrix): Loss {
  const y = sum(output(net, examples), wanted);
  return (modelOutput) =>
    modelOutput
      .sub(y)
      .square()
      .sum()
      .div(2 * examples.length);
}

/** What one training step computes, read back. */
export interface Step {
  /** d_l = τ_l − h_l of every layer, one row for each example. */
  differences: Matrix[];
  /** s_l of every layer, one for each example. */
  shares: number[][];
  /** ΔW_l and Δb_l of every layer, at a learning rate of β: wanted is Δh_l = s_l d_l. */
  changes: Change[];
}

export interface Change {
  kernel: Matrix;
  bias: number[] | null;
}

/**
 * Runs one step of target propagation on the paired network, with its decoders as they are.
 *
 * @param task The examples, and the loss of the model's output: by default what moves them as wanted.
 */
export function takeStep(
  net: Net,
  config: dtp.DTPOptimizerConfig,
  {examples = x, loss = squaredError(net, examples, wanted)}: {examples?: Matrix; loss?: Loss} = {},
): Step {
  const model = pairedModel(net);
  const trained = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const resolved = resolveConfig(config);
  const step = createStep(resolved, new Set(trained), () => {});
  let result!: Step;
  tf.tidy(() => {
    result = withStep(step, () => {
      propagate(step, () => loss(model.apply(tf.tensor2d(examples)) as tf.Tensor) as tf.Scalar);
      weigh(step);
      const changes = weightChanges(step, {gradients: {}}, resolved.beta);
      return {
        differences: step.records.map(({difference}) => difference?.arraySync() as Matrix),
        shares: step.records.map(({influence}) => influence?.arraySync() as number[]),
        changes: changes.map((change) => {
          const [kernel, bias] = changesOf(change, 1);
          return {
            kernel: kernel.change.arraySync() as Matrix,
            bias: bias === undefined ? null : (bias.change.arraySync() as number[]),
          };
        }),
      };
    });
  });
  model.dispose();
  return result;
}

/** The network after the changes of all its layers, or of only one. */
export function changed(net: Net, changes: Change[], only?: number): Net {
  return net.map((layer, l) => {
    if (only !== undefined && l !== only) return layer;
    const {kernel, bias} = changes[l];
    const moved = (entry: number, i: number) => entry + (bias?.[i] ?? 0);
    return {
      ...layer,
      kernel: sum(layer.kernel, kernel),
      bias: layer.bias?.map(moved) ?? null,
    };
  });
}

/** Δh_L, computed in float64, where the difference of two outputs loses nothing. */
export function outputChange(net: Net, after: Net, examples = x): Matrix {
  return difference(output(after, examples), output(net, examples));
}

/** A − B. */
export function difference(a: Matrix, b: Matrix): Matrix {
  return sum(a, scaled(b, -1));
}

/** The size of the targets: small enough that their curvature, of the order of β, does not show. */
export const beta = 1e-6;

/**
 * Expects |actual − expected| ≤ tolerance · max |expected| of every entry.
 *
 * The default is for one step in float32: some roundings of 1e-7 each, times a condition of J below
 * 20, and the curvature within targets of size `beta`.
 */
export function expectClose(actual: Matrix, expected: Matrix, tolerance = rounding()): void {
  tf.tidy(() => expectTensorsClose(tf.tensor2d(actual), expected, tolerance));
}

/** WebGL may round e^y by 3 + 2 |y| units of the last place, where others do by one (GLSL ES 3.0, 4.5.1). */
export function rounding(): number {
  return tf.getBackend() === 'webgl' ? 5e-5 : 1e-5;
}

/** For what a solve over the whole batch gives, which squares the condition of its rows. */
export const SOLVED = 1e-4;
