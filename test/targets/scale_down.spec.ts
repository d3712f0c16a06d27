import * as tf from '@tensorflow/tfjs';
import type {LayerRecord, TargetPoint} from '../../src/step/training_step';
import {scaleDown} from '../../src/targets/scale_down';
import {onEveryBackend} from '../support/backends';
import {expectEntriesClose} from '../support/expect_tensors';

/** c_l, ‖d_l‖ and ‖r‖ of four examples, the third of which is sent nothing. */
const above = [2, 100, 1000, 0.1];
const target = [5, 1, 3, 10];
const found = [50, 0.5, 0, 10];

/** What is sent in one direction, over a direct link or to calls, of which another may reach one. */
function scaledDown(soleUser: boolean, reached: Array<'alone' | 'by others'>) {
  const inOneDirection = (lengths: number[]) =>
    tf.tensor2d(lengths.map((length) => [0.6 * length, -0.8 * length]));
  const record = {
    soleUser,
    difference: inOneDirection(target),
    consumers: [{logScaleBelow: tf.tensor1d(above).log()}],
  } as unknown as LayerRecord;
  const other = {} as TargetPoint;
  record.origins = new Set(
    reached.map((by): LayerRecord => {
      const consumers = by === 'alone' ? [record] : [record, other];
      return {layer: {}, isLast: false, consumers} as unknown as LayerRecord;
    }),
  );
  const {sent, logScale, growth} = scaleDown(
    record,
    inOneDirection(found),
    record.difference as tf.Tensor,
  );
  return {sent: sent.norm('euclidean', 1), scale: logScale.exp(), growth};
}

onEveryBackend('scaleDown', () => {
  it('sends over a direct link what is as long as d_l: c_{l−1} = c_l ‖r‖ / ‖d_l‖ of every example', () => {
    const {sent, scale, growth} = scaledDown(true, ['alone']);
    expectEntriesClose(sent, [5, 1, 0, 10], 1e-4);
    expectEntriesClose(scale, [20, 50, 1000, 0.1], 1e-4);
    expectEntriesClose(growth, [10, 0.5, 0, 1], 1e-4);
  });

  it('sends otherwise no example more than d_l: those that are sent something share the largest scalar', () => {
    const {sent, scale, growth} = scaledDown(false, ['alone', 'alone']);
    expectEntriesClose(scale, [50, 50, 50, 50], 1e-4);
    expectEntriesClose(growth, [25, 0.5, 0, 500], 1e-4);
    expectEntriesClose(sent, [2, 1, 0, 0.02], 1e-4);
  });

  it('sends c_l r, with a scalar of 1, where that meets what others send', () => {
    const {sent, scale, growth} = scaledDown(false, ['alone', 'by others']);
    expectEntriesClose(scale, [1, 1, 1, 1], 1e-4);
    expectEntriesClose(growth, [1 / 2, 1 / 100, 0, 10], 1e-4);
    expectEntriesClose(sent, [100, 50, 0, 1], 1e-4);
  });
});
