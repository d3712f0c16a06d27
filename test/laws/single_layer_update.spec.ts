import * as tf from '@tensorflow/tfjs';
import {DTPOptimizer, type DTPOptimizerConfig} from 'tfjs-dtp';
import {type InfluenceName, influences} from '../../src/influence/index';
import {type UpdateRule, updates} from '../../src/updates/index';
import {onEveryBackend} from '../support/backends';
import {
  inner,
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
  type Change,
  changed,
  difference,
  expectClose,
  inputs,
  inversion,
  invertibleNet,
  LAYERS,
  type Loss,
  type Net,
  outputChange,
  pairedModel,
  preActivations,
  SOLVED,
  squaredError,
  takeStep,
  WIDTH,
  wanted,
  x,
} from './invertible_net';

/** DTP1, without damping, units as targets have them. */
const dtp1 = {beta, inversion, influence: 'none', update: {damping: 0, balance: 0}} as const;

const net = invertibleNet();
const layers = Array.from({length: LAYERS}, (_, l) => l);
const oneExample = only(0);
const rules = Object.keys(updates) as UpdateRule[];

onEveryBackend('The update of a single layer (Bengio 2020, §3)', () => {
  for (const l of layers) {
    for (const rule of rules) {
      it(`moves h_L to τ_L: '${rule}' update of layer ${l + 1}`, () => {
        const {changes} = takeStep(
          net,
          {...dtp1, update: {rule, damping: 0, balance: 0}},
          oneExample,
        );

        const after = changed(net, changes, l);
        const change = outputChange(net, after, oneExample.examples);
        expectClose(change, scaled([wanted[0]], beta));
      });

      it(`is Jᵀ(JJᵀ)⁻¹(τ − h), J = ∂h/∂θ, of all solutions the smallest: '${rule}' update of layer ${l + 1}`, () => {
        const update = {rule, damping: 0, balance: 0};
        const {changes, differences} = takeStep(net, {...dtp1, update}, oneExample);

        const pseudoInverse = rightInverse(parameterJacobian(l, oneExample.examples));
        const expected = product(pseudoInverse, transposed(differences[l]));
        expectClose([flat(changes[l])], transposed(expected));
      });
    }

    it(`moves every h_L of a batch to its τ_L: 'minibatch' update of layer ${l + 1}`, () => {
      const {changes} = takeStep(net, dtp1);

      expectClose(outputChange(net, changed(net, changes, l)), scaled(wanted, beta), SOLVED);
    });

    it(`is the smallest that does so for the stacked batch: 'minibatch' update of layer ${l + 1}`, () => {
      const {changes, differences} = takeStep(net, dtp1);

      const pseudoInverse = rightInverse(parameterJacobian(l, x));
      const expected = product(pseudoInverse, transposed([differences[l].flat()]));
      expectClose([flat(changes[l])], transposed(expected), SOLVED);
    });
  }

  it('moves h to every target of as many examples as there are inputs', () => {
    const examples = randomMatrix(WIDTH, WIDTH, 3);
    const loss = squaredError(net, examples, randomMatrix(WIDTH, WIDTH, 4));
    const {changes, differences} = takeStep(net, dtp1, {examples, loss});

    for (const l of layers) {
      const [before, after] = [net, changed(net, changes, l)].map(
        (at) => preActivations(at, examples)[l],
      );
      expectClose(difference(after, before), differences[l], SOLVED);
    }
  });

  it('misses the targets of a batch in proportion to a small damping', () => {
    const miss = (damping: number) => {
      const {changes, differences} = takeStep(net, {...dtp1, update: {damping, balance: 0}});
      const [before, after] = [net, changed(net, changes, 0)].map((at) => preActivations(at, x)[0]);
      return norm(difference(difference(after, before), differences[0])) / norm(differences[0]);
    };

    for (const damping of [1e-2, 1e-3]) {
      expect(Math.abs(Math.log10(miss(damping) / miss(damping / 10)) - 1)).toBeLessThan(0.2);
    }
  });

  for (const rule of rules) {
    it(`shares the change between weights and bias as σ and 1, over ‖σ‖² + 1: '${rule}'`, () => {
      const update = {rule, damping: 0, balance: 0};
      const {changes, differences} = takeStep(net, {...dtp1, update}, oneExample);

      for (const [l, [sigma]] of inputs(net, oneExample.examples).entries()) {
        const shared = scaled(differences[l], 1 / (inner(sigma, sigma) + 1));
        expectClose(changes[l].kernel, product(transposed([sigma]), shared));
        expectClose([changes[l].bias as number[]], shared);
      }
    });
  }

  it("of a batch is the mean of the updates of its examples: 'example'", () => {
    const config = {...dtp1, update: {rule: 'example'}} as const;
    const {changes} = takeStep(net, config);
    const each = x.map((_, i) => takeStep(net, config, only(i)).changes);

    for (const l of layers) {
      const mean = each.map((single) => flat(single[l])).reduce((a, b) => sum([a], [b])[0]);
      expectClose([flat(changes[l])], scaled([mean], 1 / x.length));
    }
  });

  for (const rule of rules) {
    it(`does not depend on the order of the examples: '${rule}'`, () => {
      const config = {...dtp1, update: {rule, damping: 0.3, balance: 0}};
      const [inOrder, reversed] = [
        [0, 1, 2],
        [2, 1, 0],
      ].map((order) => takeStep(net, config, only(...order)));

      for (const l of layers) {
        expectClose([flat(reversed.changes[l])], [flat(inOrder.changes[l])]);
      }
    });
  }

  for (const influence of Object.keys(influences) as InfluenceName[]) {
    for (const rule of rules) {
      const config = {influence, update: {rule}, decoders: {warmupSteps: 5}};

      it(`moves nothing where the gradient of the output is zero: '${rule}' under influence '${influence}'`, () => {
        const [before, after] = weightsAround(net, x, (output) => output.mul(0).sum(), config);
        expect(after).toEqual(before);
      });

      it(`moves biases only for an input of zeros, and without them nothing: '${rule}' under influence '${influence}'`, () => {
        const zeros = scaled(x, 0);
        const loss = squaredError(net, zeros, wanted);

        const [before, after] = weightsAround(net, zeros, loss, config);
        expect(after[0]).toEqual(before[0]);
        expect(after[1]).not.toEqual(before[1]);
        expect(after.flat().every(Number.isFinite)).toBeTrue();

        const withoutBias = invertibleNet('tanh', {useBias: false});
        const [same, still] = weightsAround(withoutBias, zeros, loss, config);
        expect(still).toEqual(same);
      });
    }
  }
});

/** The trained weights before and after a step of the optimizer, each flattened. */
function weightsAround(net: Net, examples: Matrix, loss: Loss, config: DTPOptimizerConfig) {
  const model = pairedModel(net);
  const trained = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const read = () => trained.map((variable) => [...variable.dataSync()]);
  const before = read();
  tf.tidy(() => {
    const input = tf.tensor2d(examples);
    const value = () => loss(model.apply(input) as tf.Tensor) as tf.Scalar;
    new DTPOptimizer(config).minimize(value, false, trained);
  });
  const after = read();
  model.dispose();
  return [before, after];
}

/** θ as one row: the kernel, then the bias. */
function flat({kernel, bias}: Change): number[] {
  return [...kernel.flat(), ...(bias ?? [])];
}

/** The batch of these examples. */
function only(...order: number[]) {
  const examples = order.map((i) => x[i]);
  const outputSteps = order.map((i) => wanted[i]);
  return {examples, loss: squaredError(net, examples, outputSteps)};
}

/** ∂h_l/∂θ_l over the stacked batch: h is linear in θ, so that finite differences are exact. */
function parameterJacobian(l: number, examples: Matrix): Matrix {
  const h = (at: Net) => preActivations(at, examples)[l].flat();
  const {kernel, bias} = net[l];
  const zero = {kernel: scaled(kernel, 0), bias: scaled([bias as number[]], 0)[0]};
  const parameters = flat(zero).length;
  return transposed(
    Array.from({length: parameters}, (_, parameter) => {
      const unit = structuredClone(zero);
      const row = Math.floor(parameter / kernel[0].length);
      (unit.kernel[row] ?? unit.bias)[parameter % kernel[0].length] = 1;
      const after = changed(net, Array(LAYERS).fill(unit), l);
      return difference([h(after)], [h(net)])[0];
    }),
  );
}
