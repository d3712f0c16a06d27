import * as tf from '@tensorflow/tfjs';
import {expectTensorsClose} from '../support/expect_tensors';
import '../support/backends';

/** ∂/∂x of a weighted sum of what max-pooling makes of `before(x)`, by a backend. */
async function gradientOn(
  backend: 'cpu' | 'wasm',
  x: tf.Tensor4D,
  before: (x: tf.Tensor4D) => tf.Tensor4D,
): Promise<tf.Tensor> {
  await tf.setBackend(backend);
  const weights = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const pooled = (x: tf.Tensor) => tf.maxPool(before(x as tf.Tensor4D), 2, 2, 'valid');
  return tf.grad((x) => pooled(x).mul(weights).sum())(x);
}

describe('What docs/results_and_limits.md says of max-pooling on wasm', () => {
  // The windows' maxima are −1, 4, −1 and 5.
  const mixed = () =>
    tf.tensor4d([-3, -1, 1, 2, -2, -4, 3, 4, -2, -3, 5, -1, -6, -1, -2, -3], [1, 4, 4, 1]);

  afterEach(() => tf.setBackend('cpu'));

  it('holds: TensorFlow.js misplaces the gradient of windows whose maximum is negative', async () => {
    const right = await gradientOn('cpu', mixed(), (x) => x);
    const wrong = await gradientOn('wasm', mixed(), (x) => x);
    const places = (gradient: tf.Tensor) => Array.from(gradient.dataSync());
    // Where a maximum is positive it is right.
    for (const place of [7, 10]) expect(places(wrong)[place]).toBe(places(right)[place]);
    expect([1, 13].map((place) => places(right)[place])).toEqual([1, 3]);
    expect([1, 13].map((place) => places(wrong)[place])).not.toEqual([1, 3]);
  });

  it('holds: after relu the gradient is right', async () => {
    const [right, found] = [
      await gradientOn('cpu', mixed(), tf.relu),
      await gradientOn('wasm', mixed(), tf.relu),
    ];
    expectTensorsClose(found, right);
  });
});
