import type {InfluenceName} from '../../src/influence/index';
import {onEveryBackend} from '../support/backends';
import {inner, type Matrix, scaled, sum, transposed} from '../support/float64';
import {
  beta,
  changed,
  expectClose,
  gaussNewtonSteps,
  gradientSteps,
  inversion,
  invertibleNet,
  LAYERS,
  type Net,
  outputChange,
  rotation,
  SOLVED,
  type Step,
  takeStep,
  wanted,
  x,
} from './invertible_net';

const layers = Array.from({length: LAYERS}, (_, l) => l);

onEveryBackend('The influence of layers (Bengio 2020, §8)', () => {
  const net = invertibleNet();
  const influences = layers.map((l) => influencesOf(net, l));

  const totals: Record<InfluenceName, number[]> = {
    none: x.map(() => LAYERS),
    uniform: x.map(() => 1),
    convex: x.map(() => 1),
    paper: influences.reduce((a, b) => sum([a], [b])[0]),
    measured: influences.reduce((a, b) => sum([a], [b])[0]),
  };
  const inWords = {none: 'L', uniform: '1', convex: '1', paper: 'Σ s_l', measured: 'Σ s_l'};
  for (const [name, total] of Object.entries(totals)) {
    const influence = name as InfluenceName;
    it(`all layers at once move h_L by ${inWords[influence]} times τ_L − h_L: '${name}'`, () => {
      const {changes} = takeStep(net, {
        beta,
        inversion,
        influence,
        update: {damping: 0, balance: 0},
      });

      const expected = scaleRows(wanted, scaled([total], beta)[0]);
      expectClose(outputChange(net, changed(net, changes)), expected, SOLVED);
    });
  }

  for (const influence of ['paper', 'measured'] as const) {
    it(`is ‖τ_L − h_L‖² / ‖τ_l − h_l‖² where the inverses are exact: '${influence}'`, () => {
      expectClose(takeStep(net, {beta, inversion, influence}).shares, influences);
    });

    it(`makes a layer’s step the gradient’s projection on the Gauss–Newton direction: '${influence}'`, () => {
      const step = takeStep(net, {beta, inversion, influence});

      for (const l of layers) {
        const projected = projections(gradientSteps(net, l), gaussNewtonSteps(net, l));
        expectClose(steps(step)[l], scaled(projected, beta));
      }
    });

    it(`makes it the gradient’s step itself through layers c Q, Q orthogonal: '${influence}'`, () => {
      const rotations = scaledRotations(1.3);
      const step = takeStep(rotations, {beta, inversion, influence});

      for (const l of layers) {
        expectClose(steps(step)[l], scaled(gradientSteps(rotations, l), beta));
      }
    });
  }

  const factors = [1, 0.5, 3, 0.2];
  const rescaled = net.map((layer, l) => ({...layer, decoder: scaled(layer.decoder, factors[l])}));
  const oneIteration = {inversion: {iterations: 1, safeguard: false}};

  it('as measured gives steps that do not depend on the scale of a decoder', () => {
    const [before, after] = [net, rescaled].map((decoders) =>
      steps(takeStep(decoders, {beta, ...oneIteration, influence: 'measured'})),
    );
    for (const l of layers) expectClose(after[l], before[l]);
  });

  it('as in the paper gives steps that are c times too small where a decoder above is c times too large', () => {
    const [before, after] = [net, rescaled].map((decoders) =>
      steps(takeStep(decoders, {beta, ...oneIteration, influence: 'paper'})),
    );
    for (const l of layers) {
      const above = factors.slice(l + 1).reduce((total, factor) => total * factor, 1);
      expectClose(after[l], scaled(before[l], 1 / above));
    }
  });
});

/** ‖Δh_L‖² / ‖Δh_l‖² of the Gauss–Newton step, for each example. */
function influencesOf(net: Net, l: number): number[] {
  return gaussNewtonSteps(net, l).map((step, i) => inner(wanted[i], wanted[i]) / inner(step, step));
}

/** s_l (τ_l − h_l) of every layer. */
function steps({differences, shares}: Step): Matrix[] {
  return differences.map((difference, l) => scaleRows(difference, shares[l]));
}

/** ⟨a, b⟩ b / ‖b‖² of every row. */
function projections(a: Matrix, b: Matrix): Matrix {
  return scaleRows(
    b,
    b.map((row, i) => inner(a[i], row) / inner(row, row)),
  );
}

function scaleRows(rows: Matrix, factors: number[]): Matrix {
  return rows.map((row, i) => scaled([row], factors[i])[0]);
}

/** Linear layers W = c Q, Q orthogonal. */
function scaledRotations(c: number): Net {
  return invertibleNet('linear').map((layer, l) => {
    const q = rotation(l);
    return {...layer, kernel: scaled(q, c), decoder: scaled(transposed(q), 1 / c)};
  });
}
