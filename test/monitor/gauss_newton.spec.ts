import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {gaussNewtonSteps} from '../../src/monitor/gauss_newton';
import type {StepObserver} from '../../src/step/step_observer';
import type {LayerRecord} from '../../src/step/training_step';
import {
  beta,
  expectClose,
  gaussNewtonSteps as expectedSteps,
  inversion,
  invertibleNet,
  LAYERS,
  pairedModel,
} from '../laws/invertible_net';
import {onEveryBackend} from '../support/backends';
import {
  diagonal,
  identity,
  type Matrix,
  product,
  randomMatrix,
  rightInverse,
  scaled,
  transposed,
} from '../support/float64';
import {variablesOf} from '../targets/pass';
import {diagnose, taskOf, unmoved} from './diagnose';
import {expectNumber} from './expect_number';

/** The exact steps of all calls, divided by β. */
function steps(model: tf.LayersModel, loss: () => tf.Scalar): Matrix[] {
  let exact!: (record: LayerRecord) => tf.Tensor;
  let found: Matrix[] = [];
  const observer: StepObserver = {
    recorded: (step) => {
      exact = gaussNewtonSteps(step);
    },
    determined: ({records}) => {
      found = records.map((record) => exact(record).div(beta).arraySync() as Matrix);
    },
  };
  unmoved(model, {beta}, loss, observer);
  return found;
}

/** How many there are where it matters that each counts by itself. */
const EXAMPLES = 2;

/** A paired layer with these weights. */
function dense(kernel: Matrix, activation: 'tanh' | 'linear', at: tf.SymbolicTensor) {
  const layer = dtp.layers.dense({units: kernel[0].length, activation, useBias: false});
  const output = layer.apply(at) as tf.SymbolicTensor;
  layer.setWeights([tf.tensor2d(kernel), ...layer.getWeights().slice(1)]);
  return output;
}

onEveryBackend('the exact Gauss–Newton step', () => {
  it('is (JᵀJ)⁻¹ Jᵀ (τ_L − h_L) of every example, as in float64', () => {
    const net = invertibleNet();
    const model = pairedModel(net);
    for (const [l, step] of steps(model, taskOf(net, model)).entries()) {
      expectClose(step, expectedSteps(net, l));
    }
  });

  it('is the same where stock layers are the activations', () => {
    const net = invertibleNet();
    const model = tf.sequential();
    for (const [l, {kernel, bias}] of net.entries()) {
      const layer = dtp.layers.dense({units: kernel.length, inputShape: [kernel.length]});
      model.add(layer);
      layer.setWeights([
        tf.tensor2d(kernel),
        tf.tensor1d(bias as number[]),
        ...layer.getWeights().slice(2),
      ]);
      if (l < LAYERS - 1) model.add(tf.layers.activation({activation: 'tanh'}));
    }
    for (const [l, step] of steps(model, taskOf(net, model)).entries()) {
      expectClose(step, expectedSteps(net, l));
    }
  });

  it('counts all outputs as one: two layers, and the arm of a branch that goes to the loss', () => {
    const [below, left, right] = [
      scaled(randomMatrix(3, 4, 1), 0.5),
      scaled(randomMatrix(4, 2, 2), 0.5),
      scaled(randomMatrix(4, 3, 3), 0.5),
    ];
    const input = tf.input({shape: [3]});
    const [a, b, arm] = dtp.layers.branch({branches: 3}).apply(dense(below, 'tanh', input));
    const outputs = [dense(left, 'linear', a), dense(right, 'linear', b), arm];
    const model = tf.model({inputs: input, outputs});

    // Every output is to move by −∂L_b/∂y: the wanted changes.
    const moves = [2, 3, 4].map((units, i) => randomMatrix(EXAMPLES, units, 7 + i));
    const examples = randomMatrix(EXAMPLES, 3, 6);
    const loss = () => {
      const ys = model.apply(tf.tensor2d(examples)) as tf.Tensor[];
      const sums = ys.map((y, i) => y.mul(tf.tensor2d(moves[i])).sum());
      return tf.addN(sums).div(-EXAMPLES) as tf.Scalar;
    };

    const expected = product(examples, below).flatMap((h, b) => {
      const slope = diagonal(h.map((entry) => 1 - Math.tanh(entry) ** 2));
      // The arm's h is h_A itself, so what is wanted of y = tanh h is wanted of h through the slope.
      const ofArm = product([moves[2][b]], slope)[0];
      const residual = [[...moves[0][b], ...moves[1][b], ...ofArm]];
      const [ofLeft, ofRight] = [product(slope, left), product(slope, right)];
      const rows = slope.map((_, i) => [...ofLeft[i], ...ofRight[i], ...identity(4)[i]]);
      // For rows, Δh_L = Δh J with more outputs than units: the nearest is residual Jᵀ (J Jᵀ)⁻¹.
      return product(residual, rightInverse(rows));
    });
    expectClose(steps(model, loss)[0], expected);
  });

  it('leaves out what leads nowhere, and what is frozen, however large', () => {
    const [base, below, left] = [
      scaled(randomMatrix(3, 700, 4), 0.05),
      scaled(randomMatrix(700, 4, 1), 0.05),
      scaled(randomMatrix(4, 2, 2), 0.5),
    ];
    const input = tf.input({shape: [3]});
    const h = dense(below, 'tanh', dense(base, 'linear', input));
    const model = tf.model({
      inputs: input,
      outputs: [dense(left, 'linear', h), dense(left, 'linear', h)],
    });
    model.layers[1].trainable = false;
    const [example, move] = [randomMatrix(1, 3, 6), randomMatrix(1, 2, 7)];
    const loss = () => {
      const [y] = model.apply(tf.tensor2d(example)) as tf.Tensor[];
      return y.mul(tf.tensor2d(move)).sum().neg() as tf.Scalar;
    };

    const slopes = product(example, base, below)[0].map((entry) => 1 - Math.tanh(entry) ** 2);
    const jacobian = product(diagonal(slopes), left);
    const expected = product(move, transposed(rightInverse(transposed(jacobian))));
    expectClose(steps(model, loss)[1], expected);
  });

  it('is what targets come to with exact decoders and enough iterations', () => {
    const net = invertibleNet();
    const model = pairedModel(net);
    const found = diagnose(model, {beta, inversion}, taskOf(net, model), ['gaussNewton']);
    for (const {gaussNewton} of found) {
      expectNumber(gaussNewton?.error, 0, 1e-4);
      expectNumber(gaussNewton?.angle, 0, 1e-2);
    }
  });

  it('is missed by as much as targets are scaled, at an angle of 0', () => {
    // One iteration through decoders (1 − ε) W⁻¹ reaches 1 − ε of it, through two (1 − ε)².
    const net = invertibleNet('linear').map((layer) => ({
      ...layer,
      decoder: scaled(layer.decoder, 0.9),
    }));
    const model = pairedModel(net);
    const found = diagnose(model, {beta}, taskOf(net, model), ['gaussNewton']);
    for (const [l, {gaussNewton}] of found.entries()) {
      expectNumber(gaussNewton?.error, 1 - 0.9 ** (LAYERS - 1 - l), 1e-4);
      expectNumber(gaussNewton?.angle, 0, 1e-2);
    }
  });

  it('is that of the output layer its target, also above a layer as wide as one likes', () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 12_000, inputShape: [2], decoder: false}),
        dtp.layers.dense({units: 2}),
      ],
    });
    const loss = () => (model.apply(tf.ones([1, 2])) as tf.Tensor).square().mean() as tf.Scalar;
    const [, top] = diagnose(model, {}, loss, ['gaussNewton']);
    expectNumber(top.gaussNewton?.error, 0, 1e-6);
  });

  it('is (τ_L − h_L) w / ‖w‖² below a single linear unit', () => {
    const input = tf.input({shape: [3]});
    const hidden = dense(randomMatrix(3, 4, 1), 'linear', input);
    const w = randomMatrix(4, 1, 2);
    const model = tf.model({inputs: input, outputs: dense(w, 'linear', hidden)});
    const x = randomMatrix(EXAMPLES, 3, 3);
    const outputs = product(x, randomMatrix(3, 4, 1), w);
    const loss = () =>
      (model.apply(tf.tensor2d(x)) as tf.Tensor)
        .square()
        .sum()
        .div(2 * EXAMPLES) as tf.Scalar;
    const squared = w.reduce((sum, [entry]) => sum + entry ** 2, 0);
    const [found, top] = steps(model, loss);
    // τ_L − h_L = −β h_L, of each example by itself.
    expectClose(found, product(scaled(outputs, -1 / squared), transposed(w)), 1e-4);
    expectClose(top, scaled(outputs, -1), 1e-4);
  });

  it('is refused for a network too large, saying so, and leaves the step undone', () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 700, inputShape: [2], decoder: false}),
        dtp.layers.dense({units: 700}),
      ],
    });
    const optimizer = new dtp.DTPOptimizer({decoders: {warmupSteps: 0}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const [input, labels] = [tf.ones([1, 2]), tf.ones([1, 700])];
    const before = model.getWeights().map((weight) => weight.clone());
    const tensors = tf.memory().numTensors;
    const observed = optimizer.observe(['gaussNewton']);
    const loss = () => tf.losses.meanSquaredError(labels, model.apply(input) as tf.Tensor);
    const minimize = () => optimizer.minimize(loss as () => tf.Scalar, false, variablesOf(model));
    expect(minimize).toThrowError(
      RangeError,
      /'gaussNewton' of 700 output units would take 686000000 multiplications.*at most 268435456/,
    );
    expect(observed.diagnostics).toBeNull();
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [i, weight] of model.getWeights().entries()) {
      expect(weight.equal(before[i]).all().dataSync()[0]).toBe(1);
    }
  });
});
