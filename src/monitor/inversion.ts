import * as tf from '@tensorflow/tfjs';
import {schemes} from '../inversion/index';
import {relax} from '../inversion/iterate';
import {linkOf} from '../targets/invert_run';
import {scaleOf, targetDifference} from '../targets/scale_down';
import type {Diagnostic} from './index';
import {relativeNorms} from './relative_norms';

/**
 * What `inversion` measures of a call; residuals are ‖f(x) − τ_l‖ / ‖τ_l − h_l‖. Null where nothing was
 * inverted, or τ_l = h_l.
 */
export interface InversionProgress {
  /** The residual where the inversion began. */
  start: number | null;
  /** The residual of the last iterate. */
  last: number | null;
  /** That of what the step took: with `safeguard` the best iterate of every example, else the last. */
  kept: number | null;
  /**
   * α ≥ 0, by which the last iteration changed the size of the increment; below 1 they converge.
   */
  contraction: number | null;
  /** The residuals of the start and of each iteration towards the same target. */
  residuals: Array<number | null>;
}

/**
 * How near the target passed down comes to one that the layer turns into its own target.
 *
 *     residual  ‖f_l(τ_{l−1}) − τ_l‖ / ‖τ_l − h_l‖,   α = ‖x_{t+1} − x_t‖ / ‖x_t − x_{t−1}‖
 *                                                                       (Bengio 2020, §5, §6)
 *
 * Norms over the whole batch. The first three are of the step's own inversion; the others of one
 * that is repeated beside it for this layer alone, by the same scheme from the same start, with at
 * least two iterations, without which there is no α.
 */
export const inversion: Diagnostic<InversionProgress> = (step) => (record) => {
  const {difference} = record;
  // Of a step that is observed they are known.
  const ofStep = record.inverted?.errors ?? null;
  if (difference === null || ofStep === null) {
    return {start: null, last: null, kept: null, contraction: null, residuals: []};
  }
  const {scheme, iterations} = step.config.inversion;
  const options = {iterations: Math.max(2, iterations), trace: true};
  const [{trace, errors}] = relax(schemes[scheme], [linkOf(step, record)], difference, options);

  const [scale, target] = [scaleOf(record), targetDifference(record)];
  type Pair = [tf.Tensor, tf.Tensor];
  const residual = (length: tf.Tensor): Pair => [length.mul(scale), target];
  const squared = (error: tf.Tensor) => residual(error.sqrt());
  const [before, last] = trace.slice(-2).map(({increment}) => increment.mul(scale));
  const [contraction, ofStart, ofLast, ofKept, ...residuals] = relativeNorms([
    // `none` has no iterations.
    last === undefined ? [target, tf.scalar(0)] : [last, before],
    squared(ofStep.start),
    squared(ofStep.last),
    squared(ofStep.kept),
    squared(errors.start),
    ...trace.map((iterate) => residual(iterate.residual)),
  ]);
  return {start: ofStart, last: ofLast, kept: ofKept, contraction, residuals};
};
