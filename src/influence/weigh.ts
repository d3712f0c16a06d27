import * as tf from '@tensorflow/tfjs';
import {squaredNorms} from '../step/per_example';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {type InfluenceContext, influences} from './index';

/** Decides for every call that has a target how much of its step it takes: sets `influence`. */
export function weigh(step: TrainingStep): void {
  const influence = influences[step.config.influence];
  const targeted = step.records.filter(({difference}) => difference !== null);
  tf.tidy(() => {
    const norms = new Map(
      targeted.map((record) => [record, squaredNorms(record.difference as tf.Tensor)]),
    );
    const squaredNorm = (record: LayerRecord) => norms.get(record) as tf.Tensor1D;
    const moving = targeted.filter(({trains}) => trains);
    // From the top: a layer's share follows from those that it feeds.
    for (const record of [...targeted].reverse()) {
      const context: InfluenceContext = {
        squaredNorm: squaredNorm(record),
        outputSquaredNorm: () => tf.addN(outputsOf(record).map(squaredNorm)) as tf.Tensor1D,
        consumers: record.consumers.flatMap((consumer) => {
          const {passed, influence} = consumer;
          if (passed === null || influence === null) return [];
          return [{...passed, influence, target: squaredNorm(consumer)}];
        }),
        movingSquaredNorms: () => moving.map(squaredNorm),
        layers: moving.length,
      };
      record.influence = step.own(influence.scale(context));
    }
  });
}

/** The calls at which targets for this one begin: those with a target that feed no other. */
function outputsOf(record: LayerRecord): LayerRecord[] {
  const reached = new Set([record]);
  for (const at of reached) {
    for (const consumer of at.consumers) if (consumer.difference !== null) reached.add(consumer);
  }
  return [...reached].filter((at) => at.consumers.every(({difference}) => difference === null));
}
