import * as tf from '@tensorflow/tfjs';
import {total} from '../../src/step/total';
import {onEveryBackend} from '../support/backends';
import {tensorsLeftBy} from '../support/tensors_left';

const shapes = [[], [7], [3, 5], [130, 131], [20000], [1, 20000], [20000, 1], [5, 5, 33, 32]];

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
    expect(total(tf.ones([150, 150], 'int32')).dataSync()[0]).toBe(22500);
    expect(total(tf.ones([150, 150], 'bool')).dataSync()[0]).toBe(22500);
  });

  it('leaves no tensor behind', () => {
    const many = tf.ones([150, 150]);
    expect(tensorsLeftBy(() => total(many))).toBe(0);
  });
});
