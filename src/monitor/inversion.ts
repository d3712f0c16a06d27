import * as tf from '@tensorflow/tfjs';
import {schemes} from '../inversion/index';
import {invert} from '../inversion/iterate';
import {displacements} from '../targets/displacements';
import type {Diagnostic} from './index';
import {relativeNorms} from './relative_norms';

export interface InversionProgress {
  /** The residual where the inversion began. */
  start: number | null;
  /** The residual of the last iterate. */
  last: number | null;
  /** The residual of what the step took: for every example the best iterate. */
  kept: number | null;
  /** α, by which an iteration changed the size of the increment; below 1 they converge. */
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
 * that is repeated beside it for this layer alone, with the same settings but at least two
 * iterations, without which there is no α. Null where nothing was inverted, or τ_l = h_l.
 */
export const inversion: Diagnostic<InversionProgress> = (step) => (record) => {
  const {difference, inverted} = record;
  if (difference === null || inverted === null) {
    return {start: null, last: null, kept: null, contraction: null, residuals: []};
  }
  const {scheme, iterations, start} = step.config.inversion;
  const {trace, errors} = invert(
    schemes[scheme],
    displacements(record),
    difference,
    {iterations: Math.max(2, iterations), trace: true},
    start === 'decoder' ? null : {x: tf.zerosLike(record.input), y: tf.zerosLike(record.output)},
  );
  const relative = (squared: tf.Tensor): [tf.Tensor, tf.Tensor] => [squared.sqrt(), difference];
  const [before, last] = trace.slice(-2);
  const [contraction, ...residuals] = relativeNorms([
    // `none` has no iterations.
    last === undefined ? [difference, tf.scalar(0)] : [last.increment, before.increment],
    relative(inverted.errors.start),
    relative(inverted.errors.last),
    relative(inverted.errors.kept),
    relative(errors.start),
    ...trace.map(({residual}): [tf.Tensor, tf.Tensor] => [residual, difference]),
  ]);
  const [ofStart, ofLast, ofKept, ...curve] = residuals;
  return {start: ofStart, last: ofLast, kept: ofKept, contraction, residuals: curve};
};
