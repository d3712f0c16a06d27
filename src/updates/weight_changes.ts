import type * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {nextCalls} from '../step/link_records';
import {NonFiniteError} from '../step/non_finite_error';
import {scaleExamples} from '../step/per_example';
import {stackRows} from '../step/stack_rows';
import {tidyRecord} from '../step/tidy_record';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {updates} from './index';

/** How the weights of a paired layer move. */
export interface LayerChange {
  layer: PairedLayer;
  /** For each trained weight what to add to it. */
  changes: Array<{variable: tf.Variable; change: tf.Tensor}>;
  /** ⟨D, made⟩, how far the layer's outputs move towards their targets: a scalar. */
  progress: tf.Scalar;
  /** ‖made‖² / ‖h_l‖²: a scalar. */
  squaredShift: tf.Scalar;
  /** Whether other paired layers build on this one's outputs. */
  hidden: boolean;
}

/**
 * Computes the changes by which the paired layers move towards their targets.
 *
 *     Δh_l wanted = (rate / β) s_l d_l
 *
 * β is divided out again: it sizes the targets, the learning rate the step. All calls of a layer
 * share its weights, so their rows are fitted together.
 *
 * @param rate The learning rate.
 * @returns One entry for each trained layer; the tensors are the step's.
 * @throws NonFiniteError naming the layer, if its inputs are not finite.
 */
export function weightChanges(step: TrainingStep, rate: number): LayerChange[] {
  const {rule, damping} = step.config.update;
  return [...callsByLayer(step)].map(([layer, records]) => {
    const [kernelWeight, biasWeight] = layer.parameters();
    const {kernel, bias, progress, squaredShift} = tidyRecord(() => {
      const input = stackRows(records.map((record) => layer.rows(record.input)));
      const difference = stackRows(
        records.map((record) => layer.rows(wantedChange(record, rate / step.config.beta))),
      );
      try {
        const rows = {input, difference, useBias: biasWeight !== undefined};
        const {kernel, bias, moved} = updates[rule](rows, {damping});
        const output = stackRows(records.map((record) => layer.rows(record.output)));
        const squaredShift = moved.square().sum().divNoNan(output.square().sum());
        return {kernel, bias, progress: difference.mul(moved).sum(), squaredShift};
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new NonFiniteError(`layer "${layer.name}": ${error.message}`);
      }
    });
    const changes: LayerChange['changes'] = [
      {variable: kernelWeight.read() as tf.Variable, change: step.own(kernel)},
    ];
    if (bias !== null) {
      changes.push({
        variable: biasWeight.read() as tf.Variable,
        change: step.own(bias as tf.Tensor),
      });
    }
    return {
      layer,
      changes,
      progress: step.own(progress as tf.Scalar),
      squaredShift: step.own(squaredShift as tf.Scalar),
      hidden: records.some((record) => nextCalls(record).length > 0),
    };
  });
}

/** The calls that have a target, of each layer that is trained. */
function callsByLayer({records}: TrainingStep): Map<PairedLayer, LayerRecord[]> {
  const calls = new Map<PairedLayer, LayerRecord[]>();
  for (const record of records) {
    if (!record.trains || record.difference === null) continue;
    calls.set(record.layer, [...(calls.get(record.layer) ?? []), record]);
  }
  return calls;
}

function wantedChange({difference, influence}: LayerRecord, factor: number): tf.Tensor {
  return scaleExamples(difference as tf.Tensor, (influence as tf.Tensor1D).mul(factor));
}
