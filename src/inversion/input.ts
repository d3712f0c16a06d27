import {minus, plus} from '../tensors/zeros';
import {decodeDifference} from './decode_difference';
import type {Correction, Inversion} from './index';

/** u ← u + τ − f(x), x ← x + g(u_new) − g(u). */
export const correctInput: Correction = (pair, target, {u, x, y}) => {
  const correction = minus(target, y);
  return {u: plus(u, correction), x: plus(x, decodeDifference(pair, u, correction))};
};

/**
 * Corrects the input of the decoder.
 *
 *     u ← u + τ − f(x),   x = g(u)                            (Bengio 2020, §5, u-recurrence)
 *
 * From u = τ. From the activation instead (u = f(x_0)), the decoder is taken up to a constant,
 * x = x_0 + g(u) − g(f(x_0)), so that its reconstruction error there cancels. Steps shrink by a
 * factor α when u ↦ u − f(g(u)) has Lipschitz constant α < 1: then f(x) → τ, even where g is not
 * injective. The paper's u_t = τ_t − δ_t reads τ − δ_t.
 * Shapes: τ, u, f(x) `[batch, ...output]`, x `[batch, ...input]`.
 */
export const input: Inversion = {
  corrections: (iterations) => Array(iterations).fill(correctInput),
  fromKnownPoint: true,
};
