import * as tf from '@tensorflow/tfjs';
import {choose, chooseExamples, quotient, surelyHolds} from '../../src/tensors/choose';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

onEveryBackend('choosing', () => {
  for (const shape of [[4], [4, 3], [4, 2, 3], [4, 2, 3, 2]]) {
    it(`takes every entry as tf.where does: [${shape}]`, () => {
      const [one, other, condition] = [1, 2, 3].map((seed) =>
        tf.randomNormal(shape, 0, 1, 'float32', seed),
      );
      const positive = condition.greater(0);

      expectTensorsClose(choose(positive, one, other), tf.where(positive, one, other), 0);
    });

    it(`takes whole examples, in their order, whatever the others hold: [${shape}]`, () => {
      const one = tf.randomNormal(shape, 0, 1, 'float32', 1);
      const choice = [true, false, false, true];
      const condition = tf.tensor1d(choice, 'bool');
      const spoilt = choice.map((chosen) => tf.fill(shape.slice(1), chosen ? Number.NaN : 7));
      const found = chooseExamples(condition, one, tf.stack(spoilt));

      const expected = choice.map((chosen, i) =>
        chosen ? tf.unstack(one)[i] : tf.fill(shape.slice(1), 7),
      );
      expectTensorsClose(found, tf.stack(expected), 0);
    });
  }

  it('never takes what fails somewhere to hold, and where tensors are in memory knows what holds', () => {
    const inMemory = tf.getBackend() !== 'webgl';

    expect(surelyHolds(tf.tensor1d([true, true], 'bool'))).toBe(inMemory);
    expect(surelyHolds(tf.tensor1d([true, false], 'bool'))).toBe(false);
  });

  it('divides, and gives 0 where it would divide by 0', () => {
    const [a, b] = [tf.tensor1d([1, 0, 3, -2]), tf.tensor1d([0, 0, 2, 4])];

    expectTensorsClose(quotient(a, b), [0, 0, 1.5, -0.5], 1e-6);
  });

  it('leaves no tensor behind', () => {
    const [a, b] = [tf.ones([2, 3]), tf.zeros([2, 3])];
    const [entries, examples] = [a.greater(b), tf.tensor1d([true, false], 'bool')];

    expect(tensorsLeftBy(() => choose(entries, a, b))).toBe(0);
    expect(tensorsLeftBy(() => chooseExamples(examples, a, b))).toBe(0);
    expect(tensorsLeftBy(() => quotient(a, b))).toBe(0);
    expect(tensorsLeftBy(() => void surelyHolds(entries))).toBe(0);
  });
});
