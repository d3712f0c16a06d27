import * as tf from '@tensorflow/tfjs';
import {isCall} from '../step/link_records';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import {scaleOf} from '../targets/scale_down';
import {squaredNorms} from '../tensors/per_example';
import {sumOf} from '../tensors/sum_of';
import {type InfluenceName, influences} from './index';

/** Decides for every call that has a target how much of its step it takes: sets `influence`. */
export function weigh(step: TrainingStep): void {
  const targeted = step.records.filter(hasTarget);
  for (const [i, share] of sharesOf(step, step.config.influence, targeted).entries()) {
    targeted[i].influence = step.own(share);
  }
}

/**
 * s c of some points by an influence, `[batch]` each; the caller's to dispose.
 *
 * @param points With a target, as all that they feed have by then.
 */
export function sharesOf(
  step: TrainingStep,
  influence: InfluenceName,
  points: TargetPoint[],
): tf.Tensor1D[] {
  const {scale} = influences[influence];
  const moving = step.records.filter((record) => record.trains && hasTarget(record));
  const squaredNorm = (point: TargetPoint) => squaredNormOf(step, point);
  const shares = new Map<TargetPoint, tf.Tensor1D>();
  return tf.tidy(() => {
    // A layer's share follows from those that it feeds.
    const share = (point: TargetPoint): tf.Tensor1D => {
      const known = shares.get(point);
      if (known !== undefined) return known;
      const found = scale({
        squaredNorm: squaredNorm(point),
        differenceScale: () => scaleOf(point),
        outputSquaredNorm: () => sumOf(alike(point, outputsOf(point)).map(squaredNorm)),
        movingNorms: () =>
          alike(point, moving).map((record) => squaredNorm(record).sqrt().mul(scaleOf(record))),
        get consumers() {
          return alike(point, point.consumers.filter(hasTarget)).flatMap((consumer) =>
            consumer.passed === null ? [] : [{...consumer.passed, influence: share(consumer)}],
          );
        },
        layers: moving.length,
      });
      shares.set(point, found);
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

/** ‖d‖² of a point, found once a step: influences and merges ask for it, again and again. */
export function squaredNormOf(
  step: TrainingStep,
  point: Pick<TargetPoint, 'difference'>,
): tf.Tensor1D {
  const difference = point.difference as tf.Tensor;
  const known = step.squaredNorms.get(difference);
  if (known !== undefined) return known;
  const found = step.own(squaredNorms(difference));
  step.squaredNorms.set(difference, found);
  return found;
}

/** The points of a step at which its targets begin. */
export function outputPoints({records, arms}: TrainingStep): TargetPoint[] {
  return [...records, ...arms].filter(isOutput);
}

/** Whether targets begin at a point: it has one, and feeds no other that has. */
function isOutput(point: TargetPoint): boolean {
  return hasTarget(point) && !point.consumers.some(hasTarget);
}

function hasTarget({difference}: TargetPoint): boolean {
  return difference !== null;
}

/** The points at which targets for this one begin: those with a target that feed no other. */
function outputsOf(point: TargetPoint): TargetPoint[] {
  const reached = new Set([point]);
  for (const at of reached) {
    for (const consumer of at.consumers) if (hasTarget(consumer)) reached.add(consumer);
  }
  return [...reached].filter(isOutput);
}
