import {targetDifference} from '../targets/scale_down';
import type {Diagnostic} from './index';
import {relativeNorms} from './relative_norms';

/** What `target` measures of a call. */
export interface TargetSize {
  /** ‖τ_l − h_l‖ / ‖h_l‖, ≥ 0; null if h_l is 0. */
  size: number | null;
}

/**
 * How far targets are from activations, relative to these, over the whole batch.
 *
 *     ‖τ_l − h_l‖ / ‖h_l‖                                                     (Bengio 2020, §3)
 *
 * Proportional to β. If it is too large, layers are not linear within their targets. Near 1e-7 a d would be
 * lost in the rounding of h + d in float32, so a step computes with d itself.
 */
export const target: Diagnostic<TargetSize> = () => (record) => {
  const [size] = relativeNorms([[targetDifference(record), record.output]]);
  return {size};
};
