import * as tf from '@tensorflow/tfjs';
import {activations} from '../../src/activations/index';
import {onEveryBackend} from '../support/backends';
import {expectEntriesClose, expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

/** σ(h + e) − σ(h) in float64, in forms that lose no digits. */
const differences: {[name: string]: (h: number, e: number) => number} = {
  elu: (h, e) => reluDifference(h, e) + expDifference(Math.min(h, 0), Math.min(h + e, 0)),
  hardSigmoid: (h, e) => 0.2 * clipDifference(h, e, -2.5, 2.5),
  linear: (_h, e) => e,
  relu: reluDifference,
  relu6: (h, e) => clipDifference(h, e, 0, 6),
  sigmoid: (h, e) => tanhDifference(h / 2, e / 2) / 2,
  softplus: (h, e) =>
    Math.sign(e) * Math.log1p(Math.expm1(Math.abs(e)) / (1 + Math.exp(-Math.min(h, h + e)))),
  tanh: tanhDifference,
};

onEveryBackend('activations', (backend) => {
  /** Relative to each difference itself. WebGL may round every exp and log a few times more. */
  const tolerance = backend === 'webgl' ? 3e-5 : 1e-5;

  it('all have a float64 reference here', () => {
    expect(Object.keys(differences)).toEqual(Object.keys(activations).sort());
  });

  for (const [name, {derivative, difference}] of Object.entries(activations)) {
    describe(name, () => {
      it('has the derivative of tfjs’s own activation', () => {
        const {h, x} = activated(name, [-20, -7, -2, -0.4, 0, 0.4, 2, 5.9, 6, 7, 20]);

        const gradient = tf.grad((t) => stock(name).apply(t).clone())(h);
        expectTensorsClose(derivative(h, x), gradient, 1e-6);
      });

      it('has a difference true to float32, however small it is, across every kink', () => {
        const sizes = [
          ...[1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.005, 0.0099, 0.01, 0.0101],
          ...[0.02, 0.05, 0.1, 0.5, 1, 3],
        ];

        expectExactDifferences(name, sizes, tolerance);
      });

      it('has one as true for a displacement from tail to tail, which is itself rounded more', () => {
        expectExactDifferences(name, [20, 50, 100], 2 * tolerance);
      });

      it('has a difference of exactly 0 for a displacement of 0', () => {
        expectExactDifferences(name, [0], 0);
      });

      it('leaves no tensor behind', () => {
        const {h, x} = activated(name, [-1, 1]);

        expect(tensorsLeftBy(() => derivative(h, x))).toBe(0);
        expect(tensorsLeftBy(() => difference(h, x, h))).toBe(0);
      });
    });
  }

  it('lose more than 1 % of a small difference when two evaluations are subtracted instead', () => {
    const {h, x} = activated('tanh', [0.3, 0.5, 1]);
    const subtracted = stock('tanh').apply(h.add(1e-6)).sub(x);

    const loss = subtracted
      .div(activations.tanh.difference(h, x, tf.fill([3], 1e-6)))
      .sub(1)
      .abs();
    expect(loss.max().dataSync()[0]).toBeGreaterThan(0.01);
  });
});

/** Compares displacements of these sizes and both signs, from both tails, the middle and all kinks. */
function expectExactDifferences(name: string, sizes: number[], tolerance: number): void {
  const origins = [-20, -8, -4, -2.5, -1, -0.3, 0, 0.3, 1, 2.5, 4, 6, 8, 20];
  const pairs = sizes
    .flatMap((size) => [-size, size])
    .flatMap((e) => origins.flatMap((h) => [0, 1 / 2, 1 / 3].map((part) => [h - part * e, e])))
    .map((pair) => pair.map(Math.fround));
  const {h, x} = activated(
    name,
    pairs.map(([from]) => from),
  );
  const e = tf.tensor1d(pairs.map(([, by]) => by));

  const exact = pairs.map(([from, by]) => differences[name](from, by));
  expectEntriesClose(activations[name].difference(h, x, e), exact, tolerance);
}

function activated(name: string, values: number[]): {h: tf.Tensor; x: tf.Tensor} {
  const h = tf.tensor1d(values);
  return {h, x: stock(name).apply(h)};
}

/** tfjs's own activation of this class name, which a layer finds. */
function stock(name: string): {apply(h: tf.Tensor): tf.Tensor} {
  const layer = tf.layers.activation({activation: name as 'relu'});
  return (layer as unknown as {activation: {apply(h: tf.Tensor): tf.Tensor}}).activation;
}

/** tanh(h + e) − tanh(h). */
function tanhDifference(h: number, e: number): number {
  return Math.sinh(e) / (Math.cosh(h) * Math.cosh(h + e));
}

/** e^c − e^a. */
function expDifference(a: number, c: number): number {
  return Math.exp(a) * Math.expm1(c - a);
}

function reluDifference(h: number, e: number): number {
  return clipDifference(h, e, 0, Number.POSITIVE_INFINITY);
}

function clipDifference(h: number, e: number, low: number, high: number): number {
  const clip = (value: number) => Math.min(Math.max(value, low), high);
  return clip(h + e) - clip(h);
}
