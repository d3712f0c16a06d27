import * as tf from '@tensorflow/tfjs';
import {activations} from '../../src/activations/index';
import {convolution} from '../../src/convolution/convolution';
import {convolved} from '../../src/convolution/geometry';
import type {DecoderBatch} from '../../src/decoders/index';
import {mapsOf} from '../../src/decoders/lessons';
import {decoded} from '../../src/decoders/maps';
import {drawFrom, withNoise} from '../../src/decoders/noise';
import {tanh} from '../../src/decoders/nonlinearity';
import {reachability, reverse} from '../../src/decoders/reverse';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {product, spectralRadius, transposed} from '../support/float64';
import {layerOf, learned as learnedOfWindows} from './folding_layer';
import {learned, linearLayer} from './linear_layer';

const SEED = 3;

onEveryBackend('reverse', () => {
  it('asks for minus the gradient of ½ ‖f(z) − Y‖² at z = g(Y), over top, for Y = h + ν', () => {
    const layer = linearLayer({inputs: 5, outputs: 3});
    const [encoder, offset] = [layer.batch.encoder, tf.tensor1d(layer.offset)];
    const h = layer.batch.input;
    const f = (z: tf.Tensor) => z.tanh().matMul(encoder).add(offset);
    const batch: DecoderBatch = {
      ...layer.batch,
      input: h.tanh(),
      output: f(h),
      below: {activation: activations.tanh, preActivation: h},
      nonlinearities: [tanh],
    };
    // The direction of top is found first: it depends on the encoder alone.
    const {direction} = learned(reverse, layer, {steps: 60});
    const state = {...layer.state, direction};
    const maps = mapsOf(state, batch);
    const noise = {input: 0, output: 0.5};
    const options = {
      damping: 1,
      ridge: 1,
      learningRate: 1,
      steps: 1,
      fresh: false,
      seed: SEED,
      noise,
      draw: drawFrom(SEED),
    };
    const {output, wanted} = reachability(maps, batch, state, options);

    const y = withNoise(f(h), noise.output, drawFrom(SEED));
    expectTensorsClose(output, y, 1e-6);
    const loss = (z: tf.Tensor) => f(z).sub(y).square().sum().div(2) as tf.Scalar;
    const top = spectralRadius(product(transposed(layer.encoder), layer.encoder));
    expectTensorsClose(wanted.mul(-top), tf.grad(loss)(decoded(maps, y)), 1e-4);
  });

  it('never comes to be further from f(g(h)) = h at a rate below 2, however windows overlap', () => {
    const windows = convolution([
      convolved(1, {kernel: 1, stride: 1}, 'same'),
      convolved(9, {kernel: 5, stride: 1}, 'same'),
    ]);
    const layer = layerOf({windows, size: [1, 9], features: 10});
    const {encoder, input, output} = layer.batch;
    const error = (steps: number) => {
      const {kernel, bias} = learnedOfWindows(reverse, layer, {learningRate: 1.9, steps});
      const moved = windows.product(windows.fold(output, kernel, bias).sub(input), encoder);
      return moved.norm().dataSync()[0];
    };
    const errors = Array.from({length: 12}, (_, steps) => error(steps));
    for (const [i, later] of errors.slice(1).entries()) expect(later).toBeLessThan(errors[i]);
  });
});
