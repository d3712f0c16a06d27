import * as tf from '@tensorflow/tfjs';
import {leading} from '../../src/decoders/leading';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

onEveryBackend('leading', () => {
  it('goes on by two rounds of the power method a call: A²ᵏ v after k calls', () => {
    const [large, small] = [3, 2];
    let direction = tf.tensor2d([[1], [1]]);
    for (let calls = 1; calls <= 3; calls++) {
      const {top, ...found} = leading((a) => a.mul([[large], [small]]), direction);
      ({direction} = found);

      const before = [large ** (2 * calls - 1), small ** (2 * calls - 1)];
      const image = [large * before[0], small * before[1]];
      const size = Math.hypot(...image);
      expectTensorsClose(direction, [[image[0] / size], [image[1] / size]], 1e-5);
      expectTensorsClose(top, size / Math.hypot(...before), 1e-5);
    }
  });
});
