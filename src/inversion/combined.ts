import type {Inversion} from './index';
import {correctInput} from './input';
import {correctOutput} from './output';

/**
 * Corrects the input of the decoder, and at the end its output once.
 *
 *     x = g(τ) + g(u_t) − g(f(g(u_t)))                       (Bengio 2020, §6, tau-improved)
 *
 * with u_t of `input`. The last step, which costs as much as one more iteration, estimates the decoder's error
 * at τ by its error at the nearby f(g(u_t)).
 */
export const combined: Inversion = {
  corrections: (iterations) => [...Array(iterations).fill(correctInput), correctOutput],
  fromKnownPoint: true,
};
