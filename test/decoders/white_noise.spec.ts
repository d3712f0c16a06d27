import * as tf from '@tensorflow/tfjs';
import {convolution} from '../../src/convolution/convolution';
import {depthwise} from '../../src/convolution/depthwise';
import {type Axis, adjoint, convolved} from '../../src/convolution/geometry';
import type {Windows} from '../../src/convolution/windows';
import {perturbation} from '../../src/decoders/perturbation';
import {covarianceOfRows, covarianceOfWindows} from '../../src/decoders/white_noise';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {type Matrix, randomMatrix} from '../support/float64';

const C = [0.7, 1.6];
const MEAN = 1.15;
const NOISE = 0.4;
const OUT = 4;
const LENGTH = 24;

const one = convolved(1, {kernel: 1, stride: 1}, 'valid');
const axes: Record<string, Axis> = {
  'stride 1': convolved(LENGTH, {kernel: 3, stride: 1}, 'same'),
  'stride 2': convolved(LENGTH, {kernel: 3, stride: 2}, 'same'),
  'stride 2, an even kernel': convolved(LENGTH, {kernel: 4, stride: 2}, 'same'),
  'a stride beyond the kernel': convolved(LENGTH, {kernel: 2, stride: 3}, 'valid'),
  'dilation 2': convolved(LENGTH, {kernel: 3, stride: 1, dilation: 2}, 'same'),
  transposed: adjoint(convolved(LENGTH, {kernel: 3, stride: 2}, 'same')),
  'transposed, an even kernel': adjoint(convolved(LENGTH, {kernel: 4, stride: 2}, 'same')),
};

/** Windows along one axis, and whether output channel o sees input channel i. */
const kinds: Record<
  string,
  {windows: (axis: Axis) => Windows; sees: (o: number, i: number) => boolean}
> = {
  convolution: {windows: (axis) => convolution([one, axis]), sees: () => true},
  depthwise: {windows: (axis) => depthwise([one, axis], 2), sees: (o, i) => o >> 1 === i},
};

onEveryBackend('what is made of white noise', () => {
  for (const [way, products] of Object.entries({'through its factors': 1, 'multiplied out': 100})) {
    it(`is that of rows where every window is one entry: ${way}`, () => {
      const w = tf.tensor2d(randomMatrix(2, 3, 1));
      const v = tf.tensor2d(randomMatrix(3, 2, 2));
      const noise = tf.scalar(NOISE);
      const ofRows = covarianceOfRows(w, w.transpose(), tf.tensor1d(C), noise, products);
      const ofWindows = covarianceOfWindows(w, convolution([one, one]), tf.tensor1d(C), noise);

      expectTensorsClose(ofWindows(v), ofRows(v), 1e-5);
    });
  }
});

describe('the lesson of white noise', () => {
  for (const [name, axis] of Object.entries(axes)) {
    for (const [kind, {windows, sees}] of Object.entries(kinds)) {
      it(`is −½ of the derivative of the expected loss within a long image: ${kind}, ${name}`, () => {
        const channels = kind === 'convolution' ? 2 : 1;
        const features = axis.kernel * channels;
        const w = randomMatrix(features, OUT, 1);
        const v = randomMatrix(OUT, features, 2);
        const loss = (kernel: Matrix) => expectedLoss(axis, w, kernel, sees, channels);
        // The loss is quadratic: a central difference is exact, whatever its width.
        const derivative = v.map((row, o) =>
          row.map((_, k) => {
            const moved = (by: number) =>
              v.map((entries, p) =>
                entries.map((entry, q) => (p === o && q === k ? entry + by : entry)),
              );
            return (loss(moved(1)) - loss(moved(-1))) / 2;
          }),
        );
        const encoder = tf.tensor2d(w);
        const noise = tf.scalar(NOISE);
        const covariance = covarianceOfWindows(encoder, windows(axis), tf.tensor1d(C), noise);
        const descent = encoder
          .transpose()
          .mul(MEAN)
          .sub(covariance(tf.tensor2d(v)));
        expectTensorsClose(
          descent,
          derivative.map((row) => row.map((entry) => -entry / 2)),
          1e-5,
        );
      });
    }
  }

  it('has ½ of the gradient that autodiff has of Σ c ‖Pᵀ(P(δ) W V)‖² + μ ‖V‖², on images', () => {
    const windows = convolution([
      convolved(6, {kernel: 2, stride: 1}, 'same'),
      convolved(6, {kernel: 3, stride: 1}, 'same'),
    ]);
    const w = tf.tensor2d(randomMatrix(12, 3, 1));
    const v = tf.tensor2d(randomMatrix(3, 12, 2));
    const {x, windows: around} = windows.impulses(2);
    const impulses = x.mul(tf.tensor1d(C).sqrt());
    const loss = (kernel: tf.Tensor) => {
      const image = around.fold(around.product(impulses, w), kernel as tf.Tensor2D);
      return image.square().sum().add(kernel.square().sum().mul(NOISE)) as tf.Scalar;
    };
    const covariance = covarianceOfWindows(w, windows, tf.tensor1d(C), tf.scalar(NOISE));
    expectTensorsClose(covariance(v), tf.grad(loss)(v).mul(0.5), 1e-5);
  });
});

onEveryBackend('perturbation of a convolution', () => {
  for (const [kind, {windows}] of Object.entries(kinds)) {
    it(`comes to where its lesson wants nothing more, with the mean error of the batch at zero: ${kind}`, () => {
      const axis = convolved(7, {kernel: 3, stride: 1}, 'same');
      const ofLayer = windows(axis);
      const features = kind === 'convolution' ? 6 : 3;
      const encoder = tf.tensor2d(randomMatrix(features, OUT, 1));
      const input = tf.randomNormal([4, 1, 7, 2], 1, 1, 'float32', 2);
      const output = ofLayer.product(input, encoder, tf.ones([OUT]) as tf.Tensor1D);
      const state = {
        kernel: tf.zeros([OUT, features]) as tf.Tensor2D,
        bias: tf.zeros([2]) as tf.Tensor1D,
        mobility: tf.ones([2]) as tf.Tensor1D,
        direction: tf.zeros([OUT, features]) as tf.Tensor2D,
      };
      const batch = {encoder, input, output, windows: ofLayer, mobility: tf.tensor1d(C)};
      const options = {damping: 1, ridge: 1, learningRate: 1, steps: 150, fresh: true, seed: 1};
      const {kernel, bias} = {...state, ...perturbation(state, batch, options)};

      const seen = ofLayer.seen(tf.tensor1d(C));
      const noise = encoder.transpose().square().mul(seen).sum().div(OUT);
      const covariance = covarianceOfWindows(encoder, ofLayer, tf.tensor1d(C), noise);
      const wanted = encoder.transpose().mul(MEAN);
      const left = wanted.sub(covariance(kernel)).norm().div(wanted.norm());
      expect(left.dataSync()[0]).toBeLessThan(1e-4);
      const error = input.sub(ofLayer.fold(output, kernel, bias));
      expectTensorsClose(error.mean([0, 1, 2]).add(1), [1, 1], 1e-5);
    });
  }
});

/**
 * E ‖c C⁻¹ ξ − g(f(ξ) + ν)‖² at the inputs that one output strides over (one input where zeros lie between
 * them), in the middle of a long axis; from the definition, in float64.
 */
function expectedLoss(
  {input, output, kernel, stride, dilation, spread, before}: Axis,
  w: Matrix,
  v: Matrix,
  sees: (o: number, i: number) => boolean,
  channels: number,
): number {
  const size = {x: input * C.length, h: output * OUT};
  const f = Array.from({length: size.h}, () => new Array<number>(size.x).fill(0));
  const g = Array.from({length: size.x}, () => new Array<number>(size.h).fill(0));
  for (let at = 0; at < output; at++) {
    for (let k = 0; k < kernel; k++) {
      const seen = (stride * at + dilation * k - before) / spread;
      if (!Number.isInteger(seen) || seen < 0 || seen >= input) continue;
      for (let o = 0; o < OUT; o++) {
        for (let i = 0; i < C.length; i++) {
          if (!sees(o, i)) continue;
          const feature = k * channels + (channels === 1 ? 0 : i);
          f[at * OUT + o][seen * C.length + i] = w[feature][o];
          g[seen * C.length + i][at * OUT + o] = v[o][feature];
        }
      }
    }
  }
  const places = spread > 1 ? 1 : stride;
  const first = Math.floor(input / 2);
  let loss = 0;
  for (let row = first * C.length; row < (first + places) * C.length; row++) {
    for (let column = 0; column < size.x; column++) {
      const back = g[row].reduce((sum, entry, h) => sum + entry * f[h][column], 0);
      const variance = C[column % C.length];
      loss += variance * ((row === column ? MEAN / variance : 0) - back) ** 2;
    }
    loss += NOISE * g[row].reduce((sum, entry) => sum + entry ** 2, 0);
  }
  return loss;
}
