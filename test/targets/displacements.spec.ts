import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {activations} from '../../src/activations/index';
import type {LayerRecord} from '../../src/step/training_step';
import {displacements} from '../../src/targets/displacements';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const normal = (shape: number[], seed: number, size = 1) =>
  tf.randomNormal(shape, 0, size, 'float32', seed);

/** A layer with random weights and decoder, called on σ(h), and its f and g in absolute terms. */
function linkedCall(decoder: dtp.DecoderArgs = {}) {
  const layer = dtp.layers.dense({units: 3, activation: 'tanh', decoder});
  layer.build([null, 4]);
  layer.setWeights(layer.getWeights().map((weight, i) => normal(weight.shape, 10 + i)));
  const h = normal([5, 4], 1);
  const x = h.tanh();
  const slope = tf.sub(1, x.square());
  const encode = (at: tf.Tensor) => layer.preActivation(at.tanh());
  const decode = (at: tf.Tensor) => h.add(layer.decode(at).sub(x).mul(slope));
  const record = {
    layer,
    input: x,
    output: encode(h),
    below: {activation: activations.tanh, preActivation: h, slope: () => slope},
  } as unknown as LayerRecord;
  return {record, h, y: record.output, encode, decode};
}

onEveryBackend('displacements of a directly linked layer', () => {
  it('are f around the activations: f(h + e) − f(h)', () => {
    const {record, h, encode, y} = linkedCall();
    const e = normal([5, 4], 2);
    expectTensorsClose(displacements(record).encode(e), encode(h.add(e)).sub(y), 1e-4);
  });

  it('are g around the activations: g(y + d) − h, with σ′(h) for what a unit can move', () => {
    const {record, h, decode, y} = linkedCall();
    const d = normal([5, 3], 3);
    expectTensorsClose(displacements(record).decode(d), decode(y.add(d)).sub(h), 1e-4);
  });

  it('have the difference of two decodes, g(y + e) − g(y)', () => {
    const {record, decode, y} = linkedCall();
    const [d, e] = [normal([5, 3], 3), normal([5, 3], 4)];
    const expected = decode(y.add(d).add(e)).sub(decode(y.add(d)));
    expectTensorsClose(displacements(record).decodeDifference(d, e), expected, 1e-4);
  });

  it('of a mirror decoder have no σ′(h): it reconstructs h itself', () => {
    const {record, h, y} = linkedCall({architecture: 'mirror'});
    const {layer} = record;
    const [d, e] = [normal([5, 3], 3), normal([5, 3], 4)];
    const g = displacements(record);
    const decode = (output: tf.Tensor) => layer.decode(output, record.input.shape);
    const moved = decode(y.add(d).add(e)).sub(decode(y.add(d)));

    expectTensorsClose(g.decode(d), decode(y.add(d)).sub(h), 1e-5);
    expectTensorsClose(g.decodeDifference(d, e), moved, 1e-4);
  });

  it('have the transposed Jacobian that autodiff has: Jᵀ d', () => {
    const {record, h, encode} = linkedCall();
    const d = normal([5, 3], 3);
    expectTensorsClose(displacements(record).transpose(d), tf.grad(encode)(h, d), 1e-4);
  });
});
