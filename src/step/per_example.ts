import * as tf from '@tensorflow/tfjs';

/** ⟨a_b, b_b⟩ of every example b: `[batch, ...]`, `[batch, ...]` → `[batch]`. */
export function innerProducts(a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => asRows(a.mul(b)).sum(1) as tf.Tensor1D);
}

/** ‖a_b‖² of every example b: `[batch, ...]` → `[batch]`. */
export function squaredNorms(a: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => asRows(a.square()).sum(1) as tf.Tensor1D);
}

/** ‖a_b‖ of every example b, also where its square leaves the range of float32: `[batch]`. */
export function norms(a: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => {
    const rows = asRows(a);
    const largest = rows.abs().max(1, true);
    const relative = rows.divNoNan(largest).square().sum(1, true).sqrt();
    return relative.mul(largest).squeeze([1]) as tf.Tensor1D;
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
