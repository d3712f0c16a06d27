import * as tf from '@tensorflow/tfjs';
import {autoencoder} from '../../src/decoders/autoencoder';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inner,
  inverse,
  type Matrix,
  product,
  randomMatrix,
  sum,
  transposed,
} from '../support/float64';
import {decode, learned, linearLayer} from './linear_layer';

onEveryBackend('autoencoder', () => {
  for (const [inputs, outputs] of [
    [4, 4],
    [4, 7],
  ]) {
    it(`makes W G the identity where the data span the layer: ${inputs} inputs, ${outputs} outputs`, () => {
      const layer = linearLayer({inputs, outputs});
      const decoder = learned(autoencoder, layer, {ridge: 1e-3, steps: 20});

      expectTensorsClose(layer.batch.encoder.matMul(decoder.kernel), identity(inputs), 1e-3);
    });

    it(`reconstructs inputs that it has not seen, too: ${inputs} inputs, ${outputs} outputs`, () => {
      const layer = linearLayer({inputs, outputs});
      const decoder = learned(autoencoder, layer, {ridge: 1e-3, steps: 20});
      const unseen = tf.tensor2d(randomMatrix(5, inputs, 9));
      const output = unseen.matMul(layer.batch.encoder).add(layer.offset) as tf.Tensor2D;

      expectTensorsClose(decode(decoder, output), unseen, 1e-3);
    });
  }

  it('comes to the least reconstruction error of the batch where outputs are fewer than inputs', () => {
    const layer = linearLayer({inputs: 6, outputs: 3});
    const {input, output} = layer.batch;
    const decoder = learned(autoencoder, layer, {ridge: 1e-3, steps: 20});

    // What is left of a least-squares fit is orthogonal to what it was made from.
    const error = input.sub(decode(decoder, output)) as tf.Tensor2D;
    const correlation = output.concat(tf.ones([30, 1]), 1).matMul(error, true);
    expect(correlation.norm().div(error.norm()).dataSync()[0]).toBeLessThan(1e-4);
  });

  for (const learningRate of [0.3, 1, 1.5]) {
    it(`multiplies the error by 1 − rate in every undamped step: rate ${learningRate}`, () => {
      const layer = linearLayer({inputs: 4, outputs: 4});
      const {input, output} = layer.batch;
      const error = (steps: number) => {
        const decoder = learned(autoencoder, layer, {ridge: 0, learningRate, steps});
        return input.sub(decode(decoder, output));
      };

      // Relative to the first error; rounding stays where the error itself is gone.
      const expected = error(0).mul((1 - learningRate) ** 3);
      expectTensorsClose(error(3).sub(expected).add(input), input, 1e-3);
    });
  }

  it('shrinks with noise on the outputs: a ridge regression of x on h', () => {
    const layer = linearLayer({inputs: 4, outputs: 3, rows: 4000});
    // One lesson of noise, of which the sampling error is 2 %.
    const options = {ridge: 0, noise: {input: 0, output: 1}};
    const {kernel} = learned(autoencoder, layer, options);

    const {input, output} = layer.batch;
    const [x, h] = [input, output].map((t) => t.sub(t.mean(0)).arraySync() as Matrix);
    const variance = output.square().mean().dataSync()[0];
    const seen = sum(product(transposed(h), h), diagonal(Array(3).fill(4000 * variance)));
    expectTensorsClose(kernel, product(inverse(seen), transposed(h), x), 0.08);
  });

  it('learns nothing of directions that the outputs of the batch do not have', () => {
    const layer = linearLayer({inputs: 4, outputs: 5, rows: 3});
    const {kernel, bias} = learned(autoencoder, layer, {steps: 3});
    const changes = stack(kernel.sub(layer.state.kernel), bias.sub(layer.state.bias));

    const blind = orthogonalTo(
      (layer.batch.output.arraySync() as number[][]).map((row) => [...row, 1]),
      6,
    );
    const moved = tf.tensor2d([blind]).matMul(changes);
    expect(changes.norm().dataSync()[0]).toBeGreaterThan(0.1);
    expect(moved.abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });
});

/** The change of the kernel, and below it that of the bias: `[out + 1, in]`. */
function stack(kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  return kernel.concat(bias.expandDims(0)) as tf.Tensor2D;
}

/** A vector orthogonal to some others, by Gram and Schmidt. */
function orthogonalTo(others: Matrix, length: number): number[] {
  const basis: Matrix = [];
  for (const other of [...others, ...randomMatrix(1, length, 10)]) {
    const rest = basis.reduce((v, unit) => {
      const part = inner(v, unit);
      return v.map((entry, i) => entry - part * unit[i]);
    }, other);
    basis.push(rest.map((entry) => entry / Math.hypot(...rest)));
  }
  return basis[others.length];
}
