import * as tf from '@tensorflow/tfjs';

/**
 * φ(y) without the digits that φ loses near 0, from a power series that is exact there.
 *
 *     φ(y) + (series(c) − φ(c)),   c = y clipped to [−small, small]
 *
 * For small y the two φ are the same number, and the series remains; for others what is added is φ's own
 * rounding error at c. In place of a choice between the two, which is slow on wasm.
 */
function exactNearZero(
  y: tf.Tensor,
  small: number,
  phi: (y: tf.Tensor) => tf.Tensor,
  series: (y: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const c = y.clipByValue(-small, small);
  return phi(y).sub(phi(c)).add(series(c));
}

/**
 * 1 − e^−y for y ≥ 0, to full relative precision: the backends' own `expm1` is e^y − 1 on some,
 * which cancels for small y.
 */
export function oneMinusExp(y: tf.Tensor): tf.Tensor {
  return exactNearZero(
    y,
    0.01,
    (t) => tf.sub(1, t.neg().exp()),
    (t) => t.mul(tf.sub(1, t.div(2).mul(tf.sub(1, t.div(3))))),
  );
}

/** log(1 + y) for y > −1, to full relative precision where `log1p` of some backends cancels. */
export function logOnePlus(y: tf.Tensor): tf.Tensor {
  return exactNearZero(
    y,
    0.01,
    (t) => tf.log(t.add(1)),
    (t) => t.mul(tf.sub(1, t.mul(tf.sub(1 / 2, t.mul(tf.sub(1 / 3, t.div(4))))))),
  );
}

/** sigmoid(y) − ½, to full relative precision where the difference cancels. */
export function exactSigmoid(y: tf.Tensor): tf.Tensor {
  // The ½ is in both evaluations, which are subtracted.
  return exactNearZero(y, 0.2, tf.sigmoid, (t) => {
    const square = t.square();
    return t.mul(tf.sub(1 / 4, square.mul(tf.sub(1 / 48, square.div(480)))));
  });
}

/** ±size, with the sign of `like`: the wasm backend's own `sign` is 0 for entries below 1. */
export function withSignOf(like: tf.Tensor, size: tf.Tensor): tf.Tensor {
  return tf.where(like.less(0), size.neg(), size);
}
