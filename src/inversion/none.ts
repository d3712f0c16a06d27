import type {Inversion} from './index';

/**
 * Takes the decoder at its word.
 *
 *     x = g(τ)                                                        (Bengio 2020, §2)
 *
 * Exact only where g is exact: the reconstruction error g(f(x)) − x stays in the target, and towers
 * over the wanted change when β is small.
 */
export const none: Inversion = {corrections: () => [], fromKnownPoint: false};
