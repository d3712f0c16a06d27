import * as tf from '@tensorflow/tfjs';
import {isCall} from '../step/link_records';
import {hasTarget, outputsOf} from '../step/output_points';
import {squaredNormOf} from '../step/squared_norm_of';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import {scaleOf} from '../targets/scale_down';
import {sumOf} from '../tensors/sum_of';
import {type InfluenceName, influences} from './index';

/** Decides for every call that has a target how much of its step it takes: sets `influence`. */
export function weigh(step: TrainingStep): void {
  const targeted = step.records.filter(hasTarget);
  for (const [i, share] of sharesOf(step, step.config.influence, targeted).entries()) {
    targeted[i].influence = share;
  }
}

/**
 * s c of some points by an influence, `[batch]` each; the step's.
 *
 * @param points With a target, as all that they feed have by then.
 * @param known The shares of points that were found before, by the same influence; those found now are added.
 */
export function sharesOf(
  step: TrainingStep,
  influence: InfluenceName,
  points: TargetPoint[],
  known = new Map<TargetPoint, tf.Tensor1D>(),
): tf.Tensor1D[] {
  const {scale} = influences[influence];
  const moving = step.records.filter((record) => record.trains && hasTarget(record));
  const squaredNorm = (point: TargetPoint) => squaredNormOf(step, point);
  let movingNorms: tf.Tensor1D[] | null = null;
  return tf.tidy(() => {
    // A layer's share follows from those that it feeds.
    const share = (point: TargetPoint): tf.Tensor1D => {
      const before = known.get(point);
      if (before !== undefined) return before;
      const found = scale({
        squaredNorm: squaredNorm(point),
        differenceScale: () => scaleOf(point),
        outputSquaredNorm: () => sumOf(alike(point, outputsOf(point)).map(squaredNorm)),
        movingNorms: () => {
          const records = alike(point, moving);
          movingNorms ??= records.map((record) =>
            step.own(squaredNorm(record).sqrt().mul<tf.Tensor1D>(scaleOf(record))),
          );
          return movingNorms;
        },
        get consumers() {
          return alike(point, point.consumers.filter(hasTarget)).flatMap((consumer) =>
            consumer.passed === null ? [] : [{...consumer.passed, influence: share(consumer)}],
          );
        },
        layers: moving.length,
      });
      known.set(point, step.own(found));
      return found;
    };
    return points.map(share);
  });
}

/** Others that a share is found from, example by example. @throws Error if they have not as many. */
function alike<Point extends TargetPoint>(point: TargetPoint, others: Point[]): Point[] {
  const countOf = ({difference}: TargetPoint) => (difference as tf.Tensor).shape[0];
  const other = others.find((each) => countOf(each) !== countOf(point));
  if (other === undefined) return others;
  const nameOf = (at: TargetPoint) => (isCall(at) ? `the layer "${at.layer.name}"` : 'a branch');
  throw new Error(
    `DTPOptimizer: ${nameOf(point)} has ${countOf(point)} examples and ${nameOf(other)} ` +
      `${countOf(other)}, expected one first axis throughout. Use influence 'uniform', with branches that ` +
      "merge by 'convex' or 'sum', or feedback 'gradient', " +
      'or keep layers between those that change it out (dtp.convert(model, {exclude})).',
  );
}
