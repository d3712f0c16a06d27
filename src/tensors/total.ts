import * as tf from '@tensorflow/tfjs';

/** From so many entries on a pool is the quicker sum. */
const MANY = 2 ** 13;

/** In so many columns a pool adds fastest. */
const COLUMNS = 16;

/**
 * The sum over all entries: NaN or infinite where one is, or where it is too large for a float32.
 *
 * On wasm a sum adds one entry to the other, a pool four at a time: in half to a quarter of the time.
 */
export function total(tensor: tf.Tensor): tf.Scalar {
  const {size} = tensor;
  if (!pools(tensor) || size % COLUMNS !== 0) return tensor.sum();
  return tf.tidy(() =>
    meanOfRows(tensor, COLUMNS)
      .sum<tf.Scalar>()
      .mul(size / COLUMNS),
  );
}

/** The sum of all rows, `[rows, n]` → `[n]`, in the same way. */
export function sumOfRows(rows: tf.Tensor2D): tf.Tensor1D {
  const [count, columns] = rows.shape;
  // Of some odd numbers of columns the pool of tfjs 4.22 fails in a fragmented memory, and what it returns
  // has never been written.
  if (!pools(rows) || columns % 2 === 1) return rows.sum(0);
  // Reshaped first: on wasm a reshaped tensor cannot be the bias of a product.
  return tf.tidy(() => meanOfRows(rows, columns).as1D().mul(count));
}

function pools({dtype, size}: tf.Tensor): boolean {
  return tf.getBackend() === 'wasm' && dtype === 'float32' && size >= MANY;
}

/** The mean of the rows of so many entries: `[1, 1, 1, columns]`. */
function meanOfRows(tensor: tf.Tensor, columns: number): tf.Tensor {
  const count = tensor.size / columns;
  const x = tensor.reshape([1, count, 1, columns]);
  // The kernel of `tf.avgPool`, which copies its result.
  return tf.engine().runKernel(tf.AvgPool, {x}, {filterSize: [count, 1], strides: 1, pad: 'valid'});
}
