import * as tf from '@tensorflow/tfjs';
import {asDifferences, descentBy, moved} from '../../src/decoders/descent';
import {type DecoderMap, decoded} from '../../src/decoders/maps';
import {identity, tanh} from '../../src/decoders/nonlinearity';
import {reverse} from '../../src/decoders/reverse';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';
import {learned, linearLayer} from './linear_layer';

const matrix = (rows: number, columns: number, seed: number) =>
  tf.tensor2d(randomMatrix(rows, columns, seed));

onEveryBackend('the descent of a decoder', () => {
  it('is the same for a hidden map whether its rows are points or differences', () => {
    const [input, difference] = [matrix(8, 3, 1), matrix(8, 2, 2)];
    const rows = asDifferences({input, difference, useBias: true}, false);
    const expected = input.transpose().matMul(difference);
    expectTensorsClose(rows.input.transpose().matMul(rows.difference), expected, 1e-5);
  });

  for (const rule of ['gram', 'delta'] as const) {
    it(`moves an mlp towards what is wanted, and no further, however large its kernels: ${rule}`, () => {
      const maps: DecoderMap[] = [identity, tanh].map((activation, k) => ({
        activation,
        kernel: matrix(6, 6, 10 + k).mul([0.3, 4][k]),
        bias: tf.zeros([6]),
      }));
      const output = matrix(5, 6, 1);
      const wanted = matrix(5, 6, 2).mul(1e-3) as tf.Tensor2D;
      const options = {
        rule,
        damping: 0,
        ridge: 0,
        learningRate: 1,
        steps: 1,
        fresh: false,
        seed: 1,
      };
      const after = moved(maps, descentBy({output, wanted}, maps, options), options);

      const change = decoded(
        after.map((weights, k) => ({...weights, activation: maps[k].activation})),
        output,
      ).sub(decoded(maps, output));
      const along = change.mul(wanted).sum().div(wanted.square().sum()).dataSync()[0];
      expect(along).toBeGreaterThan(0.05);
      expect(change.norm().div(wanted.norm()).dataSync()[0]).toBeLessThan(1);
    });
  }

  it('of `reverse` is safe however large the weights of the layer are', () => {
    const layer = linearLayer({inputs: 6, outputs: 3});
    const encoder = layer.batch.encoder.mul(10) as tf.Tensor2D;
    const output = layer.batch.input.matMul(encoder) as tf.Tensor2D;
    const large = {...layer, batch: {...layer.batch, encoder, output}};
    const {kernel} = learned(reverse, large, {ridge: 1e-3, steps: 100});
    expectTensorsClose(kernel.matMul(encoder), tf.eye(3), 1e-2);
  });
});
