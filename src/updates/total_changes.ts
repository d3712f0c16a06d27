import type * as tf from '@tensorflow/tfjs';
import {weigh} from '../influence/weigh';
import type {TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {tidyRecord} from '../tensors/tidy_record';
import {boundedParts} from './bounded_parts';
import {clipNorm} from './clip_norm';
import {participationOf} from './participation';
import {changesOf, weightChanges} from './weight_changes';

/** What is added to a trained weight. */
export interface TotalChange {
  variable: tf.Variable;
  total: tf.Tensor;
  /** ‖total‖ / ‖W‖ of a kernel, where it is known; see `BoundedPart`. */
  relativeMove: number | null;
}

/**
 * What to add to each trained weight of the paired layers, from their targets. Sets `participation`.
 *
 *     weigh, change, bound, clip
 *
 * @param rate The learning rate.
 * @returns The totals are the caller's; what they were made of is gone.
 * @throws NonFiniteError that names what is not finite.
 */
export function totalChanges(
  step: TrainingStep,
  propagation: Propagation,
  rate: number,
): TotalChange[] {
  weigh(step);
  step.participation = participationOf(step);
  return tidyRecord(() => boundedTotals(step, propagation, rate));
}

function boundedTotals(step: TrainingStep, propagation: Propagation, rate: number): TotalChange[] {
  const layers = weightChanges(step, propagation, rate);
  const bounded = boundedParts(step, layers, propagation, rate);
  const totals = layers.flatMap((ofLayer, i) => {
    const {part, relativeMove} = bounded[i];
    const kernel = ofLayer.layer.parameters()[0].read();
    return changesOf(ofLayer, part).map(({variable, change}) => ({
      variable,
      total: change,
      relativeMove: variable === kernel ? relativeMove : null,
    }));
  });
  const {clipNorm: limit} = step.config;
  if (limit === null) return totals;
  const clipped = clipNorm(
    totals.map(({total}) => total),
    limit,
  );
  return totals.map(({variable}, i) => ({variable, total: clipped[i], relativeMove: null}));
}
