import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

const {measured, convex, sum} = dtp.merges;

const normal = (seed: number) => tf.randomNormal([4, 3], 0, 1, 'float32', seed);

/** What measured influence finds where inverses are exact: s_i ∝ 1/‖d_i‖². */
const exactly = (differences: tf.Tensor[]) => () =>
  differences.map((d) => d.square().sum(1).reciprocal() as tf.Tensor1D);

onEveryBackend('merges', () => {
  for (const [name, rule] of Object.entries(dtp.merges)) {
    const merge = (differences: tf.Tensor[]) => rule(differences, exactly(differences));

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
    expectTensorsClose(
      sum([normal(1), normal(2)], () => []),
      tf.ones([2, 4]),
      0,
    );
  });

  it('measured is convex where influence is as exact inverses have it', () => {
    const differences = [normal(1), normal(2), normal(3)];
    const influences = exactly(differences);
    expectTensorsClose(measured(differences, influences), convex(differences, influences), 1e-5);
  });

  it('measured gives weights ∝ s_i that sum to 1, and none where no arm has influence', () => {
    const influences = () => [tf.tensor1d([3, 0, 0]), tf.tensor1d([1, 2, 0])];
    const expected = [
      [0.75, 0, 0],
      [0.25, 1, 0],
    ];
    expectTensorsClose(measured([], influences), expected, 1e-6);
  });
});
