import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  sum,
  transposed,
} from '../support/float64';
import {
  beta,
  type Change,
  changed,
  difference,
  expectClose,
  inputs,
  inversion,
  invertibleNet,
  LAYERS,
  outputChange,
  preActivations,
  rounding,
  takeStep,
  wanted,
  x,
} from './invertible_net';

/** W_l `[in, out]` and Ω_l `[out, in]`, with biases b_l and c_l of one row; no b_l if null. */
interface Pair {
  kernel: Matrix;
  bias: Matrix | null;
  decoder: Matrix;
  offset: Matrix;
}

const SIZES = [5, 4, 6, 3];

function pairs(useBias: boolean): Pair[] {
  return SIZES.slice(1).map((to, i) => {
    const random = (rows: number, columns: number, scale: number, seed: number) =>
      scaled(randomMatrix(rows, columns, 100 * seed + i), scale);
    return {
      kernel: random(SIZES[i], to, 0.5, 1),
      bias: useBias ? random(1, to, 0.2, 2) : null,
      decoder: random(to, SIZES[i], 0.4, 3),
      offset: random(1, SIZES[i], 0.1, 4),
    };
  });
}

/** The rates that the algorithm leaves open, and how many times targets are improved. */
interface Rates {
  beta: number;
  omega: number;
  sweeps: number;
}

/** f, g and h of a network as it runs on one example. */
function running(net: Pair[], example: Matrix) {
  const last = net.length;
  /** What follows h_l; the input and the output stay as they are. */
  const sigma = (l: number, v: Matrix) =>
    l === 0 || l === last ? v : v.map((row) => row.map(Math.tanh));
  const shifted = (v: Matrix, by: Matrix | null) => (by === null ? v : sum(v, by));
  const f = (l: number, v: Matrix) =>
    shifted(product(sigma(l - 1, v), net[l - 1].kernel), net[l - 1].bias);
  const g = (l: number, v: Matrix) =>
    sum(product(sigma(l, v), net[l - 1].decoder), net[l - 1].offset);
  const h = [example];
  for (let l = 1; l <= last; l++) h.push(f(l, h[l - 1]));
  return {sigma, f, g, h};
}

/** Ω_l ← Ω_l + rate (h_{l−1} − g_l(h_l)) n_lᵀ, with n of a σ that 1 is appended to, for the bias. */
function taught(net: Pair[], example: Matrix, {omega}: Rates): Pair[] {
  const {sigma, g, h} = running(net, example);
  return net.map((pair, i) => {
    if (i === 0) return pair;
    const s = sigma(i + 1, h[i + 1]);
    const error = scaled(difference(h[i], g(i + 1, h[i + 1])), omega / (norm(s) ** 2 + 1));
    return {
      ...pair,
      decoder: sum(pair.decoder, product(transposed(s), error)),
      offset: sum(pair.offset, error),
    };
  });
}

/** τ_1 ... τ_L after every sweep, at the squared error, from what decoders make of the targets. */
function relaxed(net: Pair[], example: Matrix, label: Matrix, {beta, sweeps}: Rates): Matrix[][] {
  const {f, g, h} = running(net, example);
  const last = net.length;
  const gradient = scaled(difference(h[last], label), 2 / label[0].length);
  let tau = [...h.slice(0, -1), difference(h[last], scaled(gradient, beta))];
  for (let l = last; l > 1; l--) tau[l - 1] = g(l, tau[l]);
  return Array.from({length: sweeps}, () => {
    const before = tau;
    tau = before.map((at, l) =>
      l === 0 || l === last
        ? at
        : sum(at, difference(g(l + 1, before[l + 1]), g(l + 1, f(l + 1, at)))),
    );
    return tau;
  });
}

/** W_l ← W_l + ‖τ_L − h_L‖² / ‖τ_l − h_l‖² (τ_l − h_l) n_{l−1}ᵀ, with the same n. */
function updated(net: Pair[], example: Matrix, tau: Matrix[]): Pair[] {
  const {sigma, h} = running(net, example);
  const last = net.length;
  const sent = norm(difference(tau[last], h[last])) ** 2;
  return net.map((pair, i) => {
    const n = sigma(i, h[i]);
    const moved = difference(tau[i + 1], h[i + 1]);
    const ones = pair.bias === null ? 0 : 1;
    const share = scaled(moved, sent / norm(moved) ** 2 / (norm(n) ** 2 + ones));
    return {
      ...pair,
      kernel: sum(pair.kernel, product(transposed(n), share)),
      bias: pair.bias && sum(pair.bias, share),
    };
  });
}

/** W_l ← (1 − γ) W_l + (τ_l(t) − τ_l(t − 1)) n_{l−1}ᵀ from sweep to sweep, from τ_l(0) = h_l; b_l keeps its own. */
function followed(net: Pair[], example: Matrix, moments: Matrix[][], decay: number): Pair[] {
  const {sigma, h} = running(net, example);
  return net.map((pair, i) => {
    const n = sigma(i, h[i]);
    const ones = pair.bias === null ? 0 : 1;
    return moments.reduce(({kernel, bias, ...rest}, tau, t) => {
      const former = t === 0 ? h : moments[t - 1];
      const moved = difference(tau[i + 1], former[i + 1]);
      const change = scaled(moved, 1 / (norm(n) ** 2 + ones));
      return {
        ...rest,
        kernel: sum(scaled(kernel, 1 - decay), product(transposed(n), change)),
        bias: bias && sum(bias, change),
      };
    }, pair);
  });
}

function modelOf(net: Pair[]): tf.Sequential {
  const model = tf.sequential();
  for (const [i, {kernel, bias, decoder, offset}] of net.entries()) {
    const layer = dtp.layers.dense({
      units: SIZES[i + 1],
      inputShape: [SIZES[i]],
      activation: i < net.length - 1 ? 'tanh' : 'linear',
      useBias: bias !== null,
      decoder: {architecture: 'mirror'},
    });
    model.add(layer);
    tf.tidy(() => {
      const weights = [kernel, ...(bias ?? [])].map((weight) => tf.tensor(weight));
      layer.setWeights([...weights, ...layer.getWeights().slice(weights.length)]);
      layer.decoder?.kernel.write(tf.tensor2d(decoder));
      layer.decoder?.bias.write(tf.tensor1d(offset[0]));
    });
  }
  return model;
}

onEveryBackend('The algorithm (Bengio 2020, §9)', () => {
  // As there, without a bias, which would add 1 to ‖σ‖².
  const net = invertibleNet('tanh', {useBias: false});
  const examples = x.slice(0, 1);

  for (const rule of ['example', 'minibatch'] as const) {
    it(`needs n = σ/‖σ‖² to move h to τ; its n = σ/‖σ‖ misses by the factor ‖σ‖: '${rule}'`, () => {
      const update = {rule, damping: 0, balance: 0};
      const config = {beta, inversion, influence: 'none', update} as const;
      const {changes, differences} = takeStep(net, config, {examples});

      for (let l = 0; l < LAYERS; l++) {
        const sigma = inputs(net, examples)[l];
        const length = norm(sigma);
        const ofTheBox = {
          kernel: product(transposed(scaled(sigma, 1 / length)), differences[l]),
          bias: null,
        };
        const moved = (change: Change) => {
          const after = changed(net, Array(LAYERS).fill(change), l);
          const [h, moved] = [net, after].map((at) => preActivations(at, examples)[l]);
          return {layer: difference(moved, h), output: outputChange(net, after, examples)};
        };

        expect(Math.abs(length - 1)).toBeGreaterThan(0.1);
        expectClose(moved(changes[l]).layer, differences[l]);
        expectClose(moved(ofTheBox).layer, scaled(differences[l], length));
        // And so at the output.
        expectClose(moved(changes[l]).output, scaled([wanted[0]], beta));
        expectClose(moved(ofTheBox).output, scaled([wanted[0]], beta * length));
      }
    });
  }

  const example = randomMatrix(1, SIZES[0], 7);
  const label = randomMatrix(1, SIZES[SIZES.length - 1], 8);

  for (const when of ['before', 'after'] as const) {
    for (const useBias of [true, false]) {
      for (const sweeps of [1, 4]) {
        it(`is, line by line, what two steps do; decoders learn ${when}, ${sweeps} sweeps, ${useBias ? 'biases' : 'no bias'}`, async () => {
          const rates: Rates = {beta: 0.3, omega: 0.4, sweeps};
          const model = modelOf(pairs(useBias));
          const optimizer = new dtp.DTPOptimizer(toTheLetter(rates, when));
          model.compile({optimizer, loss: 'meanSquaredError'});
          let net = pairs(useBias);
          for (let step = 0; step < 2; step++) {
            await model.trainOnBatch(tf.tensor2d(example), tf.tensor2d(label));
            const learned = taught(net, example, rates);
            const used = when === 'before' ? learned : net;
            const tau = relaxed(used, example, label, rates)[sweeps - 1];
            net = updated(learned, example, tau);
          }
          expectWeights(model, net);
        });
      }
    }
  }

  for (const useBias of [true, false]) {
    it(`lets weights follow the targets, Ẇ = −γ W + τ̇ nᵀ (§7), ${useBias ? 'biases' : 'no bias'}`, async () => {
      const rates: Rates = {beta: 0.3, omega: 0.4, sweeps: 3};
      const decay = 0.01;
      const model = modelOf(pairs(useBias));
      const config = {...toTheLetter(rates, 'before'), influence: 'none', online: {decay}} as const;
      model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
      await model.trainOnBatch(tf.tensor2d(example), tf.tensor2d(label));

      const net = taught(pairs(useBias), example, rates);
      expectWeights(model, followed(net, example, relaxed(net, example, label, rates), decay));
    });
  }
});

/** The configuration in which nothing is ours. */
function toTheLetter(
  {beta, omega, sweeps}: Rates,
  when: 'before' | 'after',
): dtp.DTPOptimizerConfig {
  return {
    learningRate: beta,
    beta,
    schedule: 'parallel',
    inversion: {iterations: sweeps, start: 'decoder', safeguard: false},
    influence: 'paper',
    update: {rule: 'example'},
    bounds: {together: null, decrease: null, shift: null, noise: null},
    decoders: {
      objective: 'autoencoder',
      rule: 'delta',
      learningRate: omega,
      when,
      drift: 0,
      warmupSteps: 0,
    },
  };
}

function expectWeights(model: tf.Sequential, net: Pair[]): void {
  const tolerance = 5 * rounding();
  for (const [i, {kernel, bias, decoder, offset}] of net.entries()) {
    const layer = model.layers[i] as dtp.DTPDense;
    const [w, b] = layer.parameters().map((weight) => weight.read().arraySync());
    expectClose(w as Matrix, kernel, tolerance);
    if (bias !== null) expectClose([b as number[]], bias, tolerance);
    // The lowest layer has nothing below that a target could be for.
    if (i === 0) continue;
    expectClose(layer.decoder?.kernel.read().arraySync() as Matrix, decoder, tolerance);
    expectClose([layer.decoder?.bias.read().arraySync() as number[]], offset, tolerance);
  }
}
