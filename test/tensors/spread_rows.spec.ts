import * as tf from '@tensorflow/tfjs';
import {spreadRows} from '../../src/tensors/spread_rows';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

/** Rows that are their own number, and which are taken of so many sequences of some length. */
function taken(sequences: number, length: number, count: number) {
  const rows = tf.range(0, sequences * length).reshape<tf.Tensor2D>([-1, 1]);
  const numbers = Array.from(spreadRows(rows, count).dataSync());
  const timesOf = (of: (row: number) => number, many: number) =>
    Array.from({length: many}, (_, which) => numbers.filter((row) => of(row) === which).length);
  return {
    numbers,
    sequences: timesOf((row) => Math.floor(row / length), sequences),
    places: timesOf((row) => row % length, length),
  };
}

onEveryBackend('spreadRows', () => {
  it('takes no row twice, and all of them where all are asked for', () => {
    for (const rows of [1, 2, 3, 12, 60, 64, 97]) {
      for (const count of [1, Math.ceil(rows / 3), rows]) {
        const {numbers} = taken(rows, 1, count);
        expect(numbers.length).toBe(count);
        expect(new Set(numbers).size).toBe(count);
      }
    }
  });

  it('takes of each place of the sequences as many as of any other, and of each sequence about as many', () => {
    for (const [sequences, length, count] of [
      [8, 64, 256],
      [32, 256, 2048],
      [100, 30, 1000],
      [5, 1000, 300],
    ]) {
      const found = taken(sequences, length, count);
      const most = Math.ceil(count / length);
      expect(Math.max(...found.places)).toBeLessThanOrEqual(most);
      expect(Math.min(...found.places)).toBeGreaterThanOrEqual(Math.floor(count / length));
      expect(Math.max(...found.sequences)).toBeLessThan((1.5 * count) / sequences);
      expect(Math.min(...found.sequences)).toBeGreaterThan((0.5 * count) / sequences);
    }
  });

  it('has these rows as they are', () => {
    const rows = tf.randomNormal<tf.Rank.R2>([7, 3], 0, 1, 'float32', 1);
    const numbers = taken(7, 1, 4).numbers;
    expectTensorsClose(spreadRows(rows, 4), rows.gather(tf.tensor1d(numbers, 'int32')), 0);
  });

  it('leaves no tensor behind', () => {
    const rows = tf.ones<tf.Rank.R2>([9, 2]);
    expect(tensorsLeftBy(() => spreadRows(rows, 4))).toBe(0);
  });
});
