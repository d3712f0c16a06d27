import * as tf from '@tensorflow/tfjs';
import type {aroundImpulses} from './geometry';

type Around = ReturnType<typeof aroundImpulses>;

/**
 * An image for every place an impulse can have, and for every row of `channels`, which says what
 * the impulse is in each channel.
 *
 * @param channels `[count, in]`.
 * @returns `[places · count, height, width, in]`.
 */
export function impulseImages(
  [down, across]: readonly [Around, Around],
  channels: tf.Tensor2D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const places = tf.buffer([down.stride * across.stride, down.input * across.input]);
    for (let y = 0; y < down.stride; y++) {
      for (let x = 0; x < across.stride; x++) {
        const at = (down.first + y) * across.input + across.first + x;
        places.set(1, y * across.stride + x, at);
      }
    }
    const width = channels.shape[1];
    const images = places.toTensor().expandDims(1).expandDims(3).mul(channels.expandDims(1));
    return images.reshape([-1, down.input, across.input, width]) as tf.Tensor4D;
  });
}
