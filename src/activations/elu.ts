import type {Activation} from './index';
import {relu} from './piecewise_linear';
import {oneMinusExp, withSignOf} from './small_arguments';

/**
 * σ(h) = h for h > 0, e^h − 1 for h ≤ 0: the sum of max(h, 0) and e^min(h, 0) − 1.
 *
 *     σ'(h) = e^min(h, 0)
 *     σ(h + e) − σ(h) = r ± e^max(a, b) (1 − e^−|b−a|),   a = min(h, 0), b = min(h + e, 0),
 *                       r = max(h + e, 0) − max(h, 0),  b − a = e − r
 */
export const elu: Activation = {
  derivative: (h) => h.minimum(0).exp(),
  difference: (h, _x, e) => {
    const r = relu.difference(h, h.relu(), e);
    const rest = e.sub(r);
    const larger = h.add(e).maximum(h).minimum(0).exp();
    return r.add(withSignOf(rest, larger.mul(oneMinusExp(rest.abs()))));
  },
};
