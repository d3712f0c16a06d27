import type * as tf from '@tensorflow/tfjs';
import {weigh} from '../influence/weigh';
import {kernelOf} from '../layers/kernel_of';
import type {TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {tidyRecord} from '../tensors/tidy_record';
import {type BoundedPart, boundedParts} from './bounded_parts';
import {clipNorm} from './clip_norm';
import {participationOf} from './participation';
import {changesOf, type LayerChange, weightChanges} from './weight_changes';

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
  return tidyRecord(() => {
    const wanted = weightChanges(step, propagation, rate);
    const parts = boundedParts(step, wanted, propagation, rate);
    return clipped(taken(wanted, parts), step.config.clipNorm);
  });
}

/** Of each layer's change its part. */
function taken(layers: LayerChange[], parts: BoundedPart[]): TotalChange[] {
  return layers.flatMap((ofLayer, i) => {
    const {part, relativeMove} = parts[i];
    const kernel = kernelOf(ofLayer.layer);
    return changesOf(ofLayer, part).map(({variable, change}) => ({
      variable,
      total: change,
      relativeMove: variable === kernel ? relativeMove : null,
    }));
  });
}

function clipped(totals: TotalChange[], limit: number | null): TotalChange[] {
  if (limit === null) return totals;
  const shortened = clipNorm(
    totals.map(({total}) => total),
    limit,
  );
  return totals.map(({variable}, i) => ({variable, total: shortened[i], relativeMove: null}));
}
