import * as tf from '@tensorflow/tfjs';
import {angleBetween} from '../../src/monitor/angle_between';
import {onEveryBackend} from '../support/backends';
import {expectNumber} from './expect_number';

/** A vector at so many degrees from the first axis. */
const at = (degrees: number, length = 1) => {
  const radians = (degrees * Math.PI) / 180;
  return tf.tensor2d([[length * Math.cos(radians), length * Math.sin(radians)]]);
};

onEveryBackend('angleBetween', (backend) => {
  for (const angle of [0, 0.01, 30, 90, 150, 179.99, 180]) {
    it(`is ${angle}° between vectors ${angle}° apart, of any length`, () => {
      expectNumber(angleBetween(at(20, 3), at(20 + angle, 1e-3)), angle, 1e-4);
    });
  }

  it('takes tensors of any rank as one vector', () => {
    const [a, b] = [
      tf.tensor3d([
        [
          [1, 0],
          [0, 1],
        ],
      ]),
      tf.tensor3d([
        [
          [1, 1],
          [0, 0],
        ],
      ]),
    ];
    expectNumber(angleBetween(a, b), 60, 1e-4);
  });

  it('is known of vectors whose squares float32 does not have', () => {
    const tiny = backend === 'webgl' ? 1e-21 : 1e-30;
    expectNumber(angleBetween(at(0, tiny), at(45, tiny)), 45, 1e-4);
  });

  it('is null where one of them is zero', () => {
    expect(angleBetween(at(0), at(0, 0))).toBeNull();
    expect(angleBetween(at(0, 0), at(0))).toBeNull();
  });
});
