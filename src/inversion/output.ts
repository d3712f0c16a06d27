import type {Inversion} from './index';
import {decodeDifference} from './iterate';

/**
 * Corrects the output of the decoder.
 *
 *     x ← x + g(τ) − g(f(x))                        (Bengio 2020, §6, iterative-tau-out-update)
 *
 * From x = g(τ), or from the activation itself; then the first step is Lee's difference correction,
 * in which the reconstruction error cancels. Steps shrink by a factor α when x ↦ x − g(f(x)) has
 * Lipschitz constant α < 1. The limit has g(f(x)) = g(τ), so f(x) = τ where g is injective.
 * Shapes: τ, y `[batch, ...output]`, x `[batch, ...input]`.
 */
export const output: Inversion = {
  step: (pair, target, x, y) => x.add(decodeDifference(pair, y, target.sub(y))),
};
