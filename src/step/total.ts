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
  if (!pools(tensor)) return tensor.sum();
  return tf.tidy(() =>
    pooled(tensor.reshape([-1, tensor.shape[tensor.rank - 1]])).sum<tf.Scalar>(),
  );
}

/** The sum of all rows, `[rows, n]` → `[n]`, in the same way. */
export function sumOfRows(rows: tf.Tensor2D): tf.Tensor1D {
  return pools(rows) ? pooled(rows) : rows.sum(0);
}

function pools({dtype, size}: tf.Tensor): boolean {
  return tf.getBackend() === 'wasm' && dtype === 'float32' && size >= MANY;
}

function pooled(rows: tf.Tensor2D): tf.Tensor1D {
  const [count, columns] = rows.shape;
  return tf.tidy(() => {
    const image = rows.reshape([1, count, 1, columns]) as tf.Tensor4D;
    // Reshaped first: on wasm a reshaped tensor cannot be the bias of a product.
    return tf.avgPool(image, [count, 1], 1, 'valid').as1D().mul(count);
  });
}
