import type * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import type {Windows} from '../convolution/windows';
import {transpose} from '../tensors/transpose';
import type {Rows} from '../updates/index';
import type {Nonlinearity} from './nonlinearity';

/** One map of a decoder: z ↦ φ(z) V + c. */
export interface DecoderMap {
  /** φ. */
  activation: Nonlinearity;
  /** Where the map is h ↦ Pᵀ(h V) + c: its windows. @defaultValue `rowByRow` */
  windows?: Windows;
  /** V, `[from, to]`; `[from, features]` with windows. */
  kernel: tf.Tensor2D;
  /** c, `[to]`; `[in]`, one for each input channel, with windows. */
  bias: tf.Tensor1D;
}

/** g(y), all maps one after the other: `[..., out]` → `[..., in]`. */
export function decoded<T extends tf.Tensor>(maps: DecoderMap[], y: T): T {
  return maps.reduce(
    (z, {activation, windows = rowByRow, kernel, bias}) =>
      windows.fold(activation.apply(z), kernel, bias),
    y as tf.Tensor,
  ) as T;
}

/**
 * g(y + e) − g(y), without subtracting two decodes.
 *
 *     e ← (φ(z + e) − φ(z)) V   map by map, with z ← φ(z) V + c beside it
 */
export function decodedDifference<T extends tf.Tensor>(maps: DecoderMap[], y: T, e: T): T {
  return inputsOf(maps, y as tf.Tensor).reduce((difference, {z, x}, i) => {
    const {activation, windows = rowByRow, kernel} = maps[i];
    return windows.fold(activation.difference(z, x, difference), kernel);
  }, e as tf.Tensor) as T;
}

/**
 * What each map is fed and what its output is to change by, so that g(y) changes by r.
 *
 *     r_K = r,   r_{k−1} = φ_k'(z_k) ⊙ (r_k V_kᵀ)
 *
 * That is the chain rule inside the decoder: the sum over rows of φ_k(z_k) r_kᵀ is the gradient of
 * ⟨r, g(y)⟩ by V_k, and of r_k that by c_k.
 */
export function rowsOfMaps(maps: DecoderMap[], y: tf.Tensor2D, r: tf.Tensor2D): Rows[] {
  const inputs = inputsOf(maps, y);
  let difference = r;
  const rows: Rows[] = [];
  for (let k = maps.length - 1; k >= 0; k--) {
    const {z, x} = inputs[k];
    rows.unshift({input: x, difference, useBias: true});
    if (k === 0) break;
    const {activation, kernel} = maps[k];
    const back = difference.matMul(transpose(kernel));
    difference = back.mul(activation.derivative(z, x)) as tf.Tensor2D;
  }
  return rows;
}

/** z_k and φ_k(z_k) of every map. */
function inputsOf<T extends tf.Tensor>(maps: DecoderMap[], y: T): Array<{z: T; x: T}> {
  let z = y;
  return maps.map(({activation, windows = rowByRow, kernel, bias}, k) => {
    const input = {z, x: activation.apply(z) as T};
    if (k < maps.length - 1) z = windows.fold(input.x, kernel, bias) as T;
    return input;
  });
}
