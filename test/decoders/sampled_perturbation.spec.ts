import * as tf from '@tensorflow/tfjs';
import {activations} from '../../src/activations/index';
import type {Descend} from '../../src/decoders/index';
import {mapsOf} from '../../src/decoders/lessons';
import {decoded} from '../../src/decoders/maps';
import {drawFrom} from '../../src/decoders/noise';
import {identity, tanh} from '../../src/decoders/nonlinearity';
import {sampledPerturbation} from '../../src/decoders/sampled_perturbation';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {kinds, layerOf, learned, OUT} from './folding_layer';
import {type LinearLayer, learned as learnedOfRows, linearLayer} from './linear_layer';

const SEED = 3;

/** What the units of an input can move, one of them not at all. */
const mobility = [1, 0.2, 0, 0.7];

/** A layer with a decoder, what that reconstructs and with which C, and f; g(y) = fed(y) V + c. */
interface Decoded extends LinearLayer {
  point: tf.Tensor;
  variance: number[];
  encode(point: tf.Tensor): tf.Tensor;
  fed(y: tf.Tensor): tf.Tensor;
}

const architectures: Record<string, () => Decoded> = {
  linear: () => {
    const layer = linearLayer({inputs: 4, outputs: 3, mobility});
    const encode = (x: tf.Tensor) => x.matMul(layer.batch.encoder).add(layer.offset);
    return {...layer, point: layer.batch.input, variance: mobility, encode, fed: (y) => y};
  },
  mlp: () => {
    const layer = architectures.linear();
    const [kernel, next] = [tf.randomNormal([3, 5], 0, 1, 'float32', 6), tf.ones([5, 4])];
    const bias = tf.tensor1d([0.1, 0.2, -0.3, 0, 0.5]);
    return {
      ...layer,
      batch: {...layer.batch, nonlinearities: [identity, tanh]},
      state: {
        ...layer.state,
        hidden: [{kernel: kernel as tf.Tensor2D, bias}],
        kernel: next as tf.Tensor2D,
      },
      fed: (y) => y.matMul(kernel).add(bias).tanh(),
    };
  },
  mirror: () => {
    const {batch, ...layer} = architectures.linear();
    const h = batch.input;
    const encode = (z: tf.Tensor) => layer.encode(z.tanh());
    const below = {activation: activations.tanh, preActivation: h};
    return {
      ...layer,
      batch: {...batch, input: h.tanh(), output: encode(h), below, nonlinearities: [tanh]},
      variance: [1, 1, 1, 1],
      encode,
      fed: (y) => y.tanh(),
    };
  },
};

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

  for (const [architecture, build] of Object.entries(architectures)) {
    it(`asks for min(1, c C⁻¹) ξ − min(1, C / c) (g(h + e) − g(h)): ${architecture}`, () => {
      const {batch, state, point, variance, encode, fed, ...layer} = build();
      const {output: h} = batch;
      const damping = 0.7;
      const draw = drawFrom(SEED, 0);
      const xi = draw(point).mul(tf.tensor1d(variance).sqrt());
      const moved = encode(point.add(xi)).sub(h);
      const e = moved.add(draw(h).mul(moved.square().mean().mul(damping).sqrt()));
      const change = fed(h.add(e)).sub(fed(h));
      const c = variance.reduce((sum, entry) => sum + entry) / variance.length;
      const wanted = xi.mul(variance.map((entry) => Math.min(1, c / entry)));
      const found = change
        .matMul(state.kernel)
        .mul(variance.map((entry) => Math.min(1, entry / c)));

      // What an optimizer gets is the mean over the rows of h + e and of h.
      const expected = change.matMul(wanted.sub(found), true).div(2 * h.shape[0]);
      const descend: Descend = (descent) => {
        expectTensorsClose((descent.at(-1) as (typeof descent)[0]).kernel, expected, 1e-4);
        return [...(state.hidden ?? []), state];
      };
      learnedOfRows(sampledPerturbation, {...layer, batch, state}, {damping, descend, seed: SEED});
    });

    it(`has no mean error, and all finite, where a unit cannot move: ${architecture}`, () => {
      const {point, ...layer} = build();
      const state = learnedOfRows(sampledPerturbation, layer, {learningRate: 0.5, steps: 3});
      const error = point.sub(decoded(mapsOf(state, layer.batch), layer.batch.output));
      expectTensorsClose(error.mean(0).add(1), [1, 1, 1, 1], 1e-5);
    });
  }

  it('fits, at a rate of 1 and without ridge, the moves that it has drawn: no bias takes a part', () => {
    const layer = linearLayer({inputs: 4, outputs: 3});
    const options = {damping: 0, ridge: 0, seed: SEED};
    const {kernel} = learnedOfRows(sampledPerturbation, layer, options);
    const xi = drawFrom(SEED, 0)(layer.batch.input);
    const e = xi.matMul(layer.batch.encoder);
    // What is left of a least-squares fit is orthogonal to what it was made from.
    const error = xi.sub(e.matMul(kernel)) as tf.Tensor2D;
    expect(e.matMul(error, true).norm().div(error.norm()).dataSync()[0]).toBeLessThan(1e-4);
  });

  it('leaves the biases of hidden maps, which differences do not have', () => {
    const {state, ...layer} = architectures.mlp();
    const {hidden: [before] = []} = state;
    const {hidden: [after] = []} = learnedOfRows(
      sampledPerturbation,
      {...layer, state},
      {steps: 3},
    );
    expectTensorsClose(after.bias, before.bias, 0);
    expect(after.kernel.sub(before.kernel).norm().dataSync()[0]).toBeGreaterThan(1e-3);
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
