import type {Inversion} from './index';
import {correctInput} from './input';
import {correctOutput} from './output';

/**
 * Corrects the input of the decoder, and from there its output, equally often.
 *
 *     x ← x + g(τ) − g(f(x)),   from x = g(u_t)        (Bengio 2020, §6, below tau-improved)
 *
 * with u_t of `input`. Converges where both schemes do.
 */
export const combinedIterative: Inversion = {
  corrections: (iterations) => [
    ...Array(iterations).fill(correctInput),
    ...Array(iterations).fill(correctOutput),
  ],
  fromKnownPoint: true,
};
