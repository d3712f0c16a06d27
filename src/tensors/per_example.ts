import * as tf from '@tensorflow/tfjs';

/** ⟨a_b, b_b⟩ of every example b: `[batch, ...]`, `[batch, ...]` → `[batch]`. */
export function innerProducts(a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => asRows(a.mul(b)).sum(1) as tf.Tensor1D);
}

/** ‖a_b‖² of every example b: `[batch, ...]` → `[batch]`. */
export function squaredNorms(a: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => asRows(a.square()).sum(1) as tf.Tensor1D);
}

/** In place of 0; its reciprocal is within the range of float32. */
const SMALLEST_UNIT = 1e-37;

/** ‖a_b‖ of every example b, also where its square leaves the range of float32: `[batch]`. */
export function norms(a: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => {
    const rows = asRows(a);
    const unit = rows.abs().max(1, true).maximum(SMALLEST_UNIT);
    return rows.div(unit).square().sum(1, true).sqrt().mul(unit).squeeze([1]) as tf.Tensor1D;
  });
}

/** s_b a_b: every example of `a`, `[batch, ...]`, times its own entry of `scale`, `[batch]`. */
export function scaleExamples(a: tf.Tensor, scale: tf.Tensor1D): tf.Tensor {
  return tf.tidy(() => a.mul(scale.reshape([-1, ...a.shape.slice(1).map(() => 1)])));
}

/** `[batch, ...]` → `[batch, entries]`. */
function asRows(a: tf.Tensor): tf.Tensor {
  return a.rank === 2 ? a : a.reshape([a.shape[0], -1]);
}
