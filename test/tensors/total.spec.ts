import * as tf from '@tensorflow/tfjs';
import {sumOfRows, total} from '../../src/tensors/total';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import type {Matrix} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

/** The larger ones have enough entries for the pool of wasm. */
const shapes = [[], [7], [3, 5], [130, 311], [40000], [1, 40000], [40000, 1], [5, 5, 42, 32]];

onEveryBackend('total', () => {
  for (const shape of shapes) {
    it(`is the sum of all entries: [${shape}]`, () => {
      const tensor = tf.randomUniform(shape, -1, 3, 'float32', 5);

      const sum = tensor.dataSync<'float32'>().reduce((sum, entry) => sum + entry, 0);
      const actual = total(tensor);
      expect(actual.shape).toEqual([]);
      expect(actual.dataSync()[0] / sum).toBeCloseTo(1, 4);
    });

    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      it(`is not finite where an entry is ${value}: [${shape}]`, () => {
        const entries = tf.ones(shape).dataSync<'float32'>();
        for (const place of [0, entries.length >> 1, entries.length - 1]) {
          const tensor = tf.tensor(
            entries.map((entry, i) => (i === place ? value : entry)),
            shape,
          );
          expect(Number.isFinite(total(tensor).dataSync()[0])).toBe(false);
        }
      });
    }
  }

  it('adds whole numbers and booleans', () => {
    expect(total(tf.ones([200, 200], 'int32')).dataSync()[0]).toBe(40000);
    expect(total(tf.ones([200, 200], 'bool')).dataSync()[0]).toBe(40000);
  });

  it('leaves no tensor behind', () => {
    const many = tf.ones([200, 200]);
    expect(tensorsLeftBy(() => total(many))).toBe(0);
  });
});

onEveryBackend('sumOfRows', () => {
  for (const [rows, columns] of [
    [3, 5],
    [130, 311],
    [40000, 1],
    [1, 40000],
    [7001, 6],
  ]) {
    it(`adds the rows up, and leaves no tensor behind: [${rows}, ${columns}]`, () => {
      const tensor = tf.randomUniform<tf.Rank.R2>([rows, columns], -1, 3, 'float32', 5);
      const expected = sumsOfColumns(tensor.arraySync());
      expectTensorsClose(sumOfRows(tensor), expected, 1e-4);
      // On wasm a product takes no bias that is a reshaped tensor.
      const zeros = tf.zeros<tf.Rank.R2>([1, columns]);
      const a = tf.zeros<tf.Rank.R2>([1, 1]);
      const product = tf.fused.matMul({a, b: zeros, bias: sumOfRows(tensor)});
      expectTensorsClose(product, [expected], 1e-4);
      expect(tensorsLeftBy(() => sumOfRows(tensor))).toBe(0);
    });
  }

  for (const [rows, columns] of [
    [130, 311],
    [130, 315],
    [130, 319],
    [6, 1367],
  ]) {
    it(`adds them up in a memory full of small holes: [${rows}, ${columns}]`, () => {
      const small = Array.from({length: 200}, () => tf.fill([100], 1).neg());
      tf.dispose(small);
      const tensor = tf.randomUniform<tf.Rank.R2>([rows, columns], -1, 3, 'float32', 5);
      expectTensorsClose(sumOfRows(tensor), sumsOfColumns(tensor.arraySync()), 1e-4);
    });
  }
});

/** The sum of all rows in float64. */
function sumsOfColumns(rows: Matrix): number[] {
  return rows.reduce((sums, row) => sums.map((sum, column) => sum + row[column]));
}
