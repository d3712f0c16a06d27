import * as tf from '@tensorflow/tfjs';
import type {Descend} from '../../src/decoders/index';
import {drawFrom} from '../../src/decoders/noise';
import {sampledPerturbation} from '../../src/decoders/sampled_perturbation';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {kinds, layerOf, learned, OUT} from './folding_layer';
import {learned as learnedOfRows, linearLayer} from './linear_layer';

const SEED = 3;

onEveryBackend('sampled perturbation', () => {
  it('repeats to the last bit from one seed, and draws other samples from another', () => {
    const layer = linearLayer({inputs: 4, outputs: 3});
    const kernel = (seed: number) =>
      Array.from(learnedOfRows(sampledPerturbation, layer, {steps: 3, seed}).kernel.dataSync());
    expect(kernel(SEED)).toEqual(kernel(SEED));
    expect(kernel(SEED)).not.toEqual(kernel(SEED + 1));
  });

  it('sees of the weights only what the layer makes of its inputs: rotated outputs, a rotated decoder', () => {
    const layer = linearLayer({inputs: 4, outputs: 2});
    const {batch, state} = layer;
    const turn = tf.tensor2d([0.6, -0.8, 0.8, 0.6], [2, 2]);
    const turned = {
      ...layer,
      batch: {
        ...batch,
        encoder: batch.encoder.matMul(turn) as tf.Tensor2D,
        output: batch.output.matMul(turn),
      },
      state: {...state, kernel: turn.matMul(state.kernel, true) as tf.Tensor2D},
    };
    // Without noise on the outputs, which is not turned.
    const options = {damping: 0, steps: 5, seed: SEED};
    const [one, other] = [layer, turned].map((at) =>
      learnedOfRows(sampledPerturbation, at, options),
    );
    expectTensorsClose(turn.matMul(one.kernel, true), other.kernel, 1e-4);
  });

  for (const [kind, given] of Object.entries(kinds)) {
    it(`gives an optimizer the gradient of ½ ‖ξ − (g(h + e) − g(h))‖² for each row of h: ${kind}`, () => {
      const layer = layerOf(given);
      const {windows, state, batch} = layer;
      const draw = drawFrom(SEED, 0);
      const xi = draw(batch.input);
      const effects = windows.product(xi, batch.encoder);
      const damping = 0.7;
      const noise = effects.square().mean().mul(damping).sqrt();
      const e = effects.add(draw(batch.output).mul(noise));
      const loss = (kernel: tf.Tensor) =>
        xi
          .sub(windows.fold(e, kernel as tf.Tensor2D))
          .square()
          .sum()
          .mul(OUT / 2 / e.size);
      const direction = tf.randomNormal(state.kernel.shape, 0, 1, 'float32', 9);
      // Quadratic in the weights: a central difference is the derivative.
      const slope = loss(state.kernel.add(direction))
        .sub(loss(state.kernel.sub(direction)))
        .div(-2);

      const descend: Descend = ([{kernel}]) => {
        expectTensorsClose(kernel.mul(direction).sum(), slope, 1e-4);
        return [{kernel: state.kernel.clone(), bias: state.bias.clone()}];
      };
      learned(sampledPerturbation, layer, {damping, descend, seed: SEED});
    });

    it(`undoes what windows see of small moves better, step after step, and has no mean error: ${kind}`, () => {
      const layer = layerOf(given);
      const {windows, batch} = layer;
      const moves = tf.randomNormal(batch.input.shape, 0, 1, 'float32', 11);
      const error = (steps: number) => {
        const {kernel, bias} = learned(sampledPerturbation, layer, {learningRate: 0.5, steps});
        const left = batch.input.sub(windows.fold(batch.output, kernel, bias));
        if (steps > 0) expectTensorsClose(left.mean([0, 1, 2]).add(1), [1, 1], 1e-5);
        const found = windows.fold(windows.product(moves, batch.encoder), kernel);
        return moves.sub(found).norm().dataSync()[0];
      };
      const errors = [0, 1, 4, 16].map(error);
      for (const [i, later] of errors.slice(1).entries()) expect(later).toBeLessThan(errors[i]);
    });
  }
});
