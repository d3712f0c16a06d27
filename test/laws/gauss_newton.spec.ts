import {onEveryBackend} from '../support/backends';
import {
  diagonal,
  identity,
  inner,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  rightInverse,
  scaled,
  sum,
  transposed,
} from '../support/float64';
import {
  beta,
  changed,
  difference,
  expectClose,
  gaussNewtonSteps,
  gradientSteps,
  inversion,
  invertibleNet,
  LAYERS,
  type Loss,
  type Net,
  output,
  outputChange,
  SOLVED,
  squaredError,
  takeStep,
  transposedJacobians,
  WIDTH,
  wanted,
  x,
} from './invertible_net';

onEveryBackend('Gauss–Newton (Bengio 2020, §4)', () => {
  for (let l = 0; l < LAYERS; l++) {
    it(`τ − h is the Gauss–Newton step (JᵀJ)⁻¹ (−β ∂L/∂h): layer ${l + 1}`, () => {
      const net = invertibleNet();
      const {differences} = takeStep(net, {beta, inversion});

      expectClose(differences[l], scaled(gaussNewtonSteps(net, l), beta));
    });
  }

  it('τ − h is a least-squares step where the output has more units than the layer', () => {
    const [bottom, top] = [
      scaled(randomMatrix(WIDTH, 4, 5), 0.4),
      scaled(randomMatrix(4, WIDTH, 6), 0.4),
    ];
    const net: Net = [
      {kernel: bottom, bias: null, activation: 'tanh', decoder: transposed(bottom)},
      {kernel: top, bias: null, activation: 'linear', decoder: rightInverse(top)},
    ];
    const {differences} = takeStep(net, {beta, inversion: {iterations: 200}});

    expectClose(differences[0], scaled(gaussNewtonSteps(net, 0), beta));
  });

  it('τ − h brings h_L to τ_L through layers that narrow, too, but there by a longer way', () => {
    const sizes = [WIDTH, 5, 4, 2];
    const net = sizes.slice(1).map((units, l): Net[number] => {
      const kernel = randomMatrix(sizes[l], units, 60 + l);
      return {kernel, bias: null, activation: 'linear', decoder: leftInverse(kernel)};
    });
    const outputSteps = wanted.map((row) => row.slice(0, 2));
    const loss = squaredError(net, x, outputSteps);
    const {differences} = takeStep(net, {beta}, {loss});

    for (const [l, steps] of differences.entries()) {
      const jacobian = transposedJacobians(net, x[0])[l];
      const shortest = scaled(product(outputSteps, leftInverse(jacobian)), beta);
      expectClose(product(steps, jacobian), scaled(outputSteps, beta), SOLVED);
      if (l > 0) expectClose(steps, shortest, SOLVED);
      else expect(norm(steps)).toBeGreaterThan(1.1 * norm(shortest));
    }
  });

  it('τ − h comes closer to Gauss–Newton in proportion to β, down to float32’s rounding', () => {
    const net = invertibleNet();
    const expected = gaussNewtonSteps(net, 0);
    const error = (size: number) => {
      const {differences} = takeStep(net, {beta: size, inversion});
      return norm(difference(scaled(differences[0], 1 / size), expected)) / norm(expected);
    };

    for (const size of [1e-1, 1e-2, 1e-3]) {
      const slope = Math.log10(error(size) / error(size / 10));
      expect(Math.abs(slope - 1))
        .withContext(`between ${size} and a tenth`)
        .toBeLessThan(0.1);
    }
    // Below, rounding does not grow as it would if h + d were formed: 1e-7 / β.
    for (const size of [1e-6, 1e-8]) expect(error(size)).toBeLessThan(1e-5);
  });

  for (let l = 0; l < LAYERS - 1; l++) {
    const [net, inOtherCoordinates] = inTwoCoordinates(l);
    const layer = `layer ${l + 1}`;

    it(`h → S h leaves the change of h_L as it is: ${layer}`, () => {
      expectClose(output(inOtherCoordinates, x), output(net, x));
      for (const coordinates of [net, inOtherCoordinates]) {
        expectClose(changeOfOutput(coordinates, l, 'layerwise'), wanted, SOLVED);
        expectClose(changeOfOutput(coordinates, l + 1, 'layerwise'), wanted, SOLVED);
      }
    });

    it(`h → S h makes another of the gradient’s change of h_L, J Jᵀ (τ_L − h_L): ${layer}`, () => {
      for (const coordinates of [net, inOtherCoordinates]) {
        const change = changeOfOutput(coordinates, l, 'gradient');
        expectClose(change, throughTheGradient(coordinates, l), SOLVED);
      }
      const [before, after] = [
        throughTheGradient(net, l),
        throughTheGradient(inOtherCoordinates, l),
      ];
      expect(norm(difference(after, before))).toBeGreaterThan(0.2 * norm(before));
    });
  }

  it('with softmax cross-entropy the output’s Hessian is left out: the metric is that of h_L', () => {
    const net = invertibleNet();
    net[LAYERS - 1].activation = 'softmax';
    net[LAYERS - 1].bias = randomMatrix(1, WIDTH, 3)[0];
    const labels = identity(WIDTH).slice(0, x.length);
    const crossEntropy: Loss = (probabilities) =>
      probabilities.log().mul(labels).sum().div(-x.length);
    const {differences} = takeStep(net, {beta, inversion}, {loss: crossEntropy});

    const probabilities = output(net, x).map(softmax);
    const residual = difference(labels, probabilities);
    expectClose(differences[LAYERS - 1], scaled(residual, beta));
    expectClose(differences[0], scaled(gaussNewtonSteps(net, 0, residual), beta));
    // Generalised Gauss–Newton would move h_L by H⁻¹ (y − p), H = diag p − p pᵀ, up to the 1s.
    for (const [i, p] of probabilities.entries()) {
      const hessian = sum(diagonal(p), scaled(product(transposed([p]), [p]), -1));
      const ones = hessian.map((row) => row.map(() => 1));
      const generalised = product([residual[i]], inverse(sum(hessian, ones)));
      expect(cosine(generalised[0], residual[i])).toBeLessThan(0.95);
    }
  });
});

/** J Jᵀ (−∂L/∂h_L), one row for each example. */
function throughTheGradient(net: Net, l: number): Matrix {
  return gradientSteps(net, l).flatMap((step, i) =>
    product([step], transposedJacobians(net, x[i])[l]),
  );
}

/** Δh_L / β after the update of one layer, which moves its h exactly as far as fed back. */
function changeOfOutput(net: Net, l: number, feedback: 'layerwise' | 'gradient'): Matrix {
  const {changes} = takeStep(net, {
    beta,
    feedback,
    inversion,
    influence: 'none',
    update: {damping: 0, balance: 0},
  });
  return scaled(outputChange(net, changed(net, changes, l)), 1 / beta);
}

/** A network linear at h_l, and the same function with h_l S in place of h_l, for rows. */
function inTwoCoordinates(l: number): [Net, Net] {
  const s = sum(identity(WIDTH), scaled(randomMatrix(WIDTH, WIDTH, 30), 0.25));
  const net = invertibleNet();
  const [below, above] = [net[l], net[l + 1]];
  below.activation = 'linear';
  const other = [...net];
  other[l] = {
    ...below,
    kernel: product(below.kernel, s),
    bias: product([below.bias as number[]], s)[0],
    decoder: product(inverse(s), below.decoder),
  };
  other[l + 1] = {
    ...above,
    kernel: product(inverse(s), above.kernel),
    decoder: product(above.decoder, s),
  };
  return [net, other];
}

function softmax(logits: number[]): number[] {
  const total = logits.reduce((partial, logit) => partial + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
}

function cosine(a: number[], b: number[]): number {
  return inner(a, b) / (norm([a]) * norm([b]));
}

/** (AᵀA)⁻¹ Aᵀ, the pseudo-inverse of a matrix whose columns are linearly independent. */
function leftInverse(a: Matrix): Matrix {
  return transposed(rightInverse(transposed(a)));
}
