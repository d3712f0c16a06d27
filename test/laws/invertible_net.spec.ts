import * as tf from '@tensorflow/tfjs';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inverse, type Matrix, product, randomMatrix, transposed} from '../support/float64';
import {
  invertibleNet,
  LAYERS,
  output,
  pairedModel,
  preActivations,
  transposedJacobians,
  WIDTH,
  x,
} from './invertible_net';

onEveryBackend('invertibleNet', () => {
  const net = invertibleNet();

  it('is the same network in float64 and in paired layers', () => {
    const model = pairedModel(net);
    expectTensorsClose(model.predict(tf.tensor2d(x)) as tf.Tensor, output(net, x), 1e-5);
    model.dispose();
  });

  it('has the Jacobians that autodiff has: Jᵀ ∂L/∂h_L is ∂L/∂h_l', () => {
    const gradient = randomMatrix(1, WIDTH, 2);
    const h = preActivations(net, [x[0]]);
    const jacobians = transposedJacobians(net, x[0]);
    for (let l = 0; l < LAYERS - 1; l++) {
      const above = (at: tf.Tensor) =>
        net.slice(l + 1).reduce(
          (rows, {kernel, bias}) =>
            rows
              .tanh()
              .matMul(tf.tensor2d(kernel))
              .add(bias ?? 0),
          at,
        );
      const backPropagated = tf.grad(above)(tf.tensor2d(h[l]), tf.tensor2d(gradient));
      expectTensorsClose(backPropagated, product(gradient, transposed(jacobians[l])), 1e-5);
    }
  });

  it('is far from singular: float32 keeps five digits of J⁻¹', () => {
    for (const jacobian of transposedJacobians(net, x[0])) {
      const largest = (a: Matrix) => Math.max(...a.flat().map(Math.abs));
      expect(largest(jacobian) * largest(inverse(jacobian))).toBeLessThan(20);
    }
  });

  it('leaves tanh its slope, σ′ > 0.5, at every example', () => {
    for (const h of preActivations(net, x).slice(0, -1).flat(2)) {
      expect(1 - Math.tanh(h) ** 2).toBeGreaterThan(0.5);
    }
  });
});
