import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {tidyEachSpec} from '../support/tidy_each_spec';

const normal = (seed: number) => tf.randomNormal([4, 3], 0, 1, 'float32', seed);

onEveryBackend('merges', () => {
  tidyEachSpec();

  for (const [name, merge] of Object.entries(dtp.merges)) {
    describe(name, () => {
      it('has one weight for each arm and example', () => {
        expect(merge([normal(1), normal(2), normal(3)]).shape).toEqual([3, 4]);
      });

      it('takes the target of a single arm as it is', () => {
        expectTensorsClose(merge([normal(1)]), [[1, 1, 1, 1]], 1e-6);
      });

      it('does not depend on the size of β, which scales all differences', () => {
        const [a, b] = [normal(1), normal(2)];

        expectTensorsClose(merge([a.mul(1e-4), b.mul(1e-4)]), merge([a, b]), 1e-5);
      });

      it('leaves no tensor behind', () => {
        const differences = [normal(1), normal(2)];

        expect(tensorsLeftBy(() => merge(differences))).toBe(0);
      });
    });
  }

  it('sum gives every arm its whole difference', () => {
    expectTensorsClose(dtp.merges.sum([normal(1), normal(2)]), tf.ones([2, 4]), 0);
  });
});
