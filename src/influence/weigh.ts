import * as tf from '@tensorflow/tfjs';
import {squaredNorms} from '../step/per_example';
import type {TargetPoint, TrainingStep} from '../step/training_step';
import {scaleOf} from '../targets/scale_down';
import {influences} from './index';

/** Decides for every call that has a target how much of its step it takes: sets `influence`. */
export function weigh(step: TrainingStep): void {
  const {scale} = influences[step.config.influence];
  const hasTarget = ({difference}: TargetPoint) => difference !== null;
  const targeted = step.records.filter(hasTarget);
  tf.tidy(() => {
    const norms = new Map<TargetPoint, tf.Tensor1D>(
      [...targeted, ...step.arms.filter(hasTarget)].map((point) => [
        point,
        squaredNorms(point.difference as tf.Tensor),
      ]),
    );
    const squaredNorm = (point: TargetPoint) => norms.get(point) as tf.Tensor1D;
    const moving = targeted.filter(({trains}) => trains);
    const shares = new Map<TargetPoint, tf.Tensor1D>();
    // A layer's share follows from those that it feeds.
    const share = (point: TargetPoint): tf.Tensor1D => {
      const known = shares.get(point);
      if (known !== undefined) return known;
      const found = scale({
        squaredNorm: squaredNorm(point),
        differenceScale: () => scaleOf(point),
        outputSquaredNorm: () => tf.addN(outputsOf(point).map(squaredNorm)) as tf.Tensor1D,
        movingNorms: () => moving.map((record) => squaredNorm(record).sqrt().mul(scaleOf(record))),
        consumers: point.consumers.flatMap((consumer) => {
          const {passed, difference} = consumer;
          if (passed === null || difference === null) return [];
          return [{...passed, influence: share(consumer), target: squaredNorm(consumer)}];
        }),
        layers: moving.length,
      });
      shares.set(point, found);
      return found;
    };
    for (const record of targeted) record.influence = step.own(share(record));
  });
}

/** The points at which targets for this one begin: those with a target that feed no other. */
function outputsOf(point: TargetPoint): TargetPoint[] {
  const reached = new Set([point]);
  for (const at of reached) {
    for (const consumer of at.consumers) if (consumer.difference !== null) reached.add(consumer);
  }
  return [...reached].filter((at) => at.consumers.every(({difference}) => difference === null));
}
