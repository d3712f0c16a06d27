import * as tf from '@tensorflow/tfjs';

/** Below this, the power series here are exact to float32. */
const SMALL = 0.01;

/**
 * 1 − e^−y for y ≥ 0, to full relative precision: the backends' own `expm1` is e^y − 1 on some,
 * which cancels for small y.
 */
export function oneMinusExp(y: tf.Tensor): tf.Tensor {
  const series = y.mul(tf.sub(1, y.div(2).mul(tf.sub(1, y.div(3)))));
  return tf.where(y.less(SMALL), series, tf.sub(1, y.neg().exp()));
}

/** log(1 + y) for y > −1, to full relative precision where `log1p` of some backends cancels. */
export function logOnePlus(y: tf.Tensor): tf.Tensor {
  const series = y.mul(tf.sub(1, y.mul(tf.sub(1 / 2, y.mul(tf.sub(1 / 3, y.div(4)))))));
  return tf.where(y.abs().less(SMALL), series, tf.log(y.add(1)));
}

/** ±size, with the sign of `like`: the wasm backend's own `sign` is 0 for entries below 1. */
export function withSignOf(like: tf.Tensor, size: tf.Tensor): tf.Tensor {
  return tf.where(like.less(0), size.neg(), size);
}
