import * as tf from '@tensorflow/tfjs';
import {autoencoder} from '../../src/decoders/autoencoder';
import {both} from '../../src/decoders/both';
import type {DecoderLearningOptions} from '../../src/decoders/index';
import {reverse} from '../../src/decoders/reverse';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {kinds, layerOf, learned, OUT} from './folding_layer';

const norm = (t: tf.Tensor) => t.norm().dataSync()[0];

onEveryBackend('a decoder that folds windows', () => {
  for (const [kind, given] of Object.entries(kinds)) {
    for (const rule of ['gram', 'delta'] as const) {
      it(`reconstructs the batch better after every step of autoencoder: ${kind}, ${rule}`, () => {
        const layer = layerOf(given);
        const error = (steps: number) => {
          const {kernel, bias} = learned(autoencoder, layer, {rule, steps});
          return norm(layer.batch.input.sub(layer.windows.fold(layer.batch.output, kernel, bias)));
        };
        const errors = [0, 1, 2, 6].map(error);
        for (const [i, later] of errors.slice(1).entries()) expect(later).toBeLessThan(errors[i]);
        expect(errors[3]).toBeLessThan(0.95 * errors[0]);
      });

      it(`comes back to the outputs better after every step of reverse: ${kind}, ${rule}`, () => {
        const layer = layerOf(given);
        const {encoder, output} = layer.batch;
        const error = (steps: number) => {
          const {kernel, bias} = learned(reverse, layer, {rule, steps});
          const decoded = layer.windows.fold(output, kernel, bias);
          const offset = tf.tensor1d([0.1, -0.2, 0.3, 0]);
          return norm(output.sub(layer.windows.product(decoded, encoder, offset)));
        };
        const errors = [0, 1, 2, 6].map(error);
        for (const [i, later] of errors.slice(1).entries()) expect(later).toBeLessThan(errors[i]);
      });
    }

    it(`leaves no mean error of the batch in any channel: ${kind}`, () => {
      const layer = layerOf(given);
      const {kernel, bias} = learned(autoencoder, layer, {});
      const error = layer.batch.input.sub(layer.windows.fold(layer.batch.output, kernel, bias));
      expectTensorsClose(error.mean([0, 1, 2]).add(1), [1, 1], 1e-5);
    });

    it(`gives an optimizer the gradient of ½ ‖x − g(h)‖² for each row of h: ${kind}`, () => {
      const layer = layerOf(given);
      const {input, output} = layer.batch;
      let handed: tf.Tensor[] = [];
      const descend: DecoderLearningOptions['descend'] = ([{kernel, bias}]) => {
        handed = [tf.keep(kernel.clone()), tf.keep((bias as tf.Tensor1D).clone())];
        return [{kernel: layer.state.kernel.clone(), bias: layer.state.bias.clone()}];
      };
      learned(autoencoder, layer, {descend});
      const {kernel, bias} = layer.state;
      const rows = output.size / OUT;
      const loss = (v: tf.Tensor, c: tf.Tensor) => {
        const g = layer.windows.fold(output, v as tf.Tensor2D).add(c);
        return input
          .sub(g)
          .square()
          .sum()
          .div(2 * rows);
      };
      // Quadratic in the weights: a central difference is the derivative.
      for (const [at, given] of [kernel, bias].entries()) {
        const direction = tf.randomNormal(given.shape, 0, 1, 'float32', 9);
        const moved = (by: number) => {
          const weights = [kernel, bias].map((weight, i) =>
            i === at ? weight.add(direction.mul(by)) : weight,
          );
          return loss(weights[0] as tf.Tensor, weights[1] as tf.Tensor);
        };
        const slope = moved(1).sub(moved(-1)).div(-2);
        expectTensorsClose(handed[at].mul(direction).sum(), slope, 1e-4);
      }
      tf.dispose(handed);
    });
  }

  it('takes the mean step of autoencoder and reverse for both', () => {
    const layer = layerOf(kinds.convolution);
    const after = [autoencoder, reverse, both].map(
      (objective) => learned(objective, layer, {}).kernel,
    );
    expectTensorsClose(after[2], after[0].add(after[1]).div(2), 1e-5);
  });
});
