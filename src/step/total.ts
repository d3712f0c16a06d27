import * as tf from '@tensorflow/tfjs';

/** From so many entries on a pool is the quicker sum. */
const MANY = 2 ** 15;

/**
 * The sum over all entries: NaN or infinite where one is, or where it is too large for a float32.
 *
 * On wasm a sum adds one entry to the other, a pool four at a time: of a large kernel in a quarter of the
 * time.
 */
export function total(tensor: tf.Tensor): tf.Scalar {
  const pools = tf.getBackend() === 'wasm' && tensor.dtype === 'float32';
  if (!pools || tensor.size < MANY) return tensor.sum();
  const columns = tensor.shape[tensor.rank - 1];
  const rows = tensor.size / columns;
  return tf.tidy(() => {
    const image = tensor.reshape([1, rows, 1, columns]) as tf.Tensor4D;
    return tf.avgPool(image, [rows, 1], 1, 'valid').sum<tf.Scalar>().mul(rows);
  });
}
