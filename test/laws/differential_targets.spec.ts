import {onEveryBackend} from '../support/backends';
import {norm, scaled, sum, transposed} from '../support/float64';
import {
  difference,
  expectClose,
  gradientSteps,
  inversion,
  invertibleNet,
  LAYERS,
  output,
  preActivations,
  takeStep,
  wanted,
  x,
} from './invertible_net';

onEveryBackend('Differential targets (Bengio 2020, §3)', () => {
  const net = invertibleNet();

  for (let l = 0; l < LAYERS - 1; l++) {
    it(`bring h_L to τ_L if h is moved to τ, at any β that can be reached: layer ${l + 1}`, () => {
      const beta = 0.1;
      const {differences} = takeStep(net, {beta, inversion});

      const target = sum(preActivations(net, x)[l], differences[l]);
      const reached = outputAbove(l, target);
      // The inversion follows the curvature, so that what is left is rounding.
      expectClose(difference(reached, output(net, x)), scaled(wanted, beta));
    });

    it(`lower the loss by β ‖∂L/∂h_L‖² to first order: layer ${l + 1}`, () => {
      const beta = 1e-5;
      const {differences} = takeStep(net, {beta, inversion});

      const target = sum(preActivations(net, x)[l], differences[l]);
      const y = sum(output(net, x), wanted);
      const loss = (h: number[][]) => norm(difference(h, y)) ** 2 / 2;
      const decrease = loss(output(net, x)) - loss(outputAbove(l, target));
      expect(decrease / (beta * norm(wanted) ** 2)).toBeCloseTo(1, 3);
    });
  }

  for (const beta of [1e-1, 1e-3, 1e-6]) {
    it(`are back-propagated gradients if g has the Jacobian Wᵀ: β = ${beta}`, () => {
      const mirrored = net.map((layer) => ({...layer, decoder: transposed(layer.kernel)}));
      const {differences} = takeStep(mirrored, {
        beta,
        inversion: {iterations: 1, safeguard: false},
      });

      // One step from the activation is linear in the target, so that β does not matter.
      for (let l = 0; l < LAYERS; l++) {
        expectClose(differences[l], scaled(gradientSteps(net, l), beta));
      }
    });
  }

  /** h_L if h_l were this. */
  function outputAbove(l: number, h: number[][]): number[][] {
    return output(
      net.slice(l + 1),
      h.map((row) => row.map(Math.tanh)),
    );
  }
});
