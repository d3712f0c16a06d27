import * as tf from '@tensorflow/tfjs';
import {alias} from '../tensors/alias';
import type {Activation} from './index';

/** σ(h) = h. */
export const linear: Activation = {
  derivative: (h) => tf.onesLike(h),
  difference: (_h, _x, e) => alias(e),
};

/**
 * σ(h) = max(h, 0).
 *
 *     σ(h + e) − σ(h) = max(r, −x) = r + max(−x − r, 0),   r = e + (h − x)
 *
 * The second form, true up to the rounding of r, as wasm has a fast max(·, 0) and no other.
 */
export const relu: Activation = {
  derivative: (h) => tf.step(h),
  difference: (h, x, e) => {
    const r = e.add(h.sub(x));
    return r.add(x.add(r).neg().relu());
  },
};

/** σ(h) = min(max(h, 0), 6). */
export const relu6: Activation = clipped({slope: 1, from: 0, to: 6});

/** σ(h) = min(max(0.2 h + 0.5, 0), 1), which is linear from −2.5 to 2.5. */
export const hardSigmoid: Activation = clipped({slope: 0.2, from: -2.5, to: 2.5});

interface Ramp {
  slope: number;
  from: number;
  to: number;
}

/**
 * σ(h) = slope · c + constant, with c = h clipped to the ramp.
 *
 *     σ(h + e) − σ(h) = slope · min(max(e + (h − c), from − c), to − c)
 */
function clipped({slope, from, to}: Ramp): Activation {
  return {
    derivative: (h) =>
      tf
        .step(h.sub(from))
        .mul(tf.step(tf.sub(to, h)))
        .mul(slope),
    difference: (h, _x, e) => {
      const c = h.clipByValue(from, to);
      return e.add(h.sub(c)).maximum(tf.sub(from, c)).minimum(tf.sub(to, c)).mul(slope);
    },
  };
}
