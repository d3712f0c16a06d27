import {minus, plus} from '../tensors/zeros';
import {decodeDifference} from './decode_difference';
import type {Correction, Inversion} from './index';

/** x ← x + g(τ) − g(f(x)). */
export const correctOutput: Correction = (pair, target, {u, x, y}) => ({
  u,
  x: plus(x, decodeDifference(pair, y, minus(target, y))),
});

/**
 * Corrects the output of the decoder.
 *
 *     x ← x + g(τ) − g(f(x))                        (Bengio 2020, §6, iterative-tau-out-update)
 *
 * From x = g(τ), or from the activation itself; then the first step is Lee's difference correction,
 * in which the reconstruction error cancels. Steps shrink by a factor α when x ↦ x − g(f(x)) has
 * Lipschitz constant α < 1. The limit has g(f(x)) = g(τ), so f(x) = τ where g is injective.
 * Shapes: τ, f(x) `[batch, ...output]`, x `[batch, ...input]`.
 */
export const output: Inversion = {
  corrections: (iterations) => Array(iterations).fill(correctOutput),
  fromKnownPoint: true,
};
