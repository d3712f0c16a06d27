import * as tf from '@tensorflow/tfjs';
import {innerProducts, norms, scaleExamples, squaredNorms} from '../../src/tensors/per_example';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inner, norm, randomMatrix} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';

const BATCH = 3;
const a = randomMatrix(BATCH, 12, 1);
const b = randomMatrix(BATCH, 12, 2);
const scale = [2, 0, -0.5];

/** The same twelve numbers of an example with any number of axes. */
const shapes: number[][] = [[12], [3, 4], [2, 3, 2]];

onEveryBackend('per-example products', () => {
  for (const shape of shapes) {
    describe(`of examples of shape [${shape}]`, () => {
      const asTensor = (examples: number[][]) => tf.tensor(examples.flat(), [BATCH, ...shape]);

      it('sum each example’s products over all of its axes', () => {
        const products = a.map((example, i) => inner(example, b[i]));

        expectTensorsClose(innerProducts(asTensor(a), asTensor(b)), products, 1e-6);
      });

      it('make the squared norm the inner product with itself', () => {
        const expected = a.map((example) => inner(example, example));

        expectTensorsClose(squaredNorms(asTensor(a)), expected, 1e-6);
      });

      it('find lengths whose squares float32 cannot hold, and that of nothing', () => {
        const [tiny, none, huge] = [1e-30, 0, 1e30].map((unit, i) =>
          a[i].map((entry) => unit * entry),
        );
        const lengths = norms(asTensor([tiny, none, huge])).arraySync();

        expect(lengths[0] / norm([tiny])).toBeCloseTo(1, 5);
        expect(lengths[1]).toBe(0);
        expect(lengths[2] / norm([huge])).toBeCloseTo(1, 5);
      });

      it('scale each example by its own factor', () => {
        const scaled = asTensor(a.map((example, i) => example.map((entry) => scale[i] * entry)));

        expectTensorsClose(scaleExamples(asTensor(a), tf.tensor1d(scale)), scaled, 1e-6);
      });

      it('leave no tensor behind', () => {
        const [left, right, factors] = [asTensor(a), asTensor(b), tf.tensor1d(scale)];

        expect(tensorsLeftBy(() => innerProducts(left, right))).toBe(0);
        expect(tensorsLeftBy(() => squaredNorms(left))).toBe(0);
        expect(tensorsLeftBy(() => norms(left))).toBe(0);
        expect(tensorsLeftBy(() => scaleExamples(left, factors))).toBe(0);
      });
    });
  }
});
