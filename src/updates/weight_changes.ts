import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import type {ResolvedConfig} from '../optimizer/resolve_config';
import {isCall, nextCalls} from '../step/link_records';
import {finiteOf} from '../step/non_finite_error';
import {squaredNormOf} from '../step/squared_norm_of';
import type {LayerRecord, TargetPoint, TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {scaleExamples} from '../tensors/per_example';
import {stackRows} from '../tensors/stack_rows';
import {sumOf} from '../tensors/sum_of';
import {tidyRecord} from '../tensors/tidy_record';
import {total} from '../tensors/total';
import {balance} from './balance';
import {updates, type WeightChange} from './index';
import {kernelChange} from './kernel_change';
import {penalties} from './penalty';
import {stackInputs} from './stack_inputs';

/** How the weights of a paired layer move. */
export interface LayerChange {
  layer: PairedLayer;
  /** B, of the layer: the first axis of its inputs. */
  examples: number;
  /** ΔW of each group of outputs, or the factors that make it; null where the kernel is not trained. */
  kernels: Array<WeightChange['kernel']> | null;
  /** Δb; null without a bias that is trained. */
  bias: tf.Tensor | null;
  /** ‖D‖², of all that is wanted of the layer's outputs, before the balance: a scalar. */
  squaredWanted: tf.Scalar;
  /** ⟨D_j, made_j⟩ of each output j, how far it moves towards its targets, with the same D: `[out]`. */
  progress: tf.Tensor1D;
  /** ‖made‖²: a scalar. */
  squaredMove: tf.Scalar;
  /** ‖h_l‖², on which other paired layers build; 0 where none does: a scalar. */
  squaredOutput: tf.Scalar;
  /** ‖ΔW‖² of the kernel: a scalar. */
  squaredKernel: tf.Scalar;
}

/**
 * Computes the changes by which the paired layers move towards their targets.
 *
 *     Δh_l wanted = (rate / β) s_l d_l,   in hidden layers times k (see `balance`)
 *
 * β is divided out again: it sizes the targets, the learning rate the step. All calls of a layer
 * share its weights, so their rows are fitted together, with what its regularisers ask for.
 *
 * @param gradients By the name of a weight, what the tape brought to it; see `penalties`.
 * @param rate The learning rate.
 * @returns One entry for each trained layer; the tensors are the caller's.
 * @throws NonFiniteError naming the layer, if its inputs are not finite.
 */
export function weightChanges(
  step: TrainingStep,
  {gradients}: Pick<Propagation, 'gradients'>,
  rate: number,
): LayerChange[] {
  return [...callsByLayer(step)].map(([layer, records]) => {
    const fit = tidyRecord(() =>
      finiteOf(`layer "${layer.name}"`, () => fitted(step, layer, records, gradients, rate)),
    );
    return {layer, ...fit};
  });
}

/**
 * What to add to each trained weight where a layer takes a part of its change.
 *
 * @returns The kernel's first; the tensors are the caller's.
 */
export function changesOf(
  {layer, kernels, bias}: LayerChange,
  part: number,
): Array<{variable: tf.Variable; change: tf.Tensor}> {
  const [ofKernel, ofBias] = layer.parameters().map((weight) => weight.read() as tf.Variable);
  const changes: ReturnType<typeof changesOf> = [];
  if (kernels !== null) {
    const change = tf.tidy(() =>
      layer.kernelFrom(joined(kernels.map((ofGroup) => kernelChange(ofGroup, part)))),
    );
    changes.push({variable: ofKernel, change});
  }
  if (bias !== null) changes.push({variable: ofBias, change: bias.mul(part)});
  return changes;
}

/**
 * The fit of all calls of a layer together, by the rule; of each group of its outputs by itself. Where only
 * the bias is trained, inputs count as 0.
 */
function fitted(
  step: TrainingStep,
  layer: PairedLayer,
  records: LayerRecord[],
  gradients: Propagation['gradients'],
  rate: number,
) {
  const update = eased(step);
  const shares = records.map((record) => share(step, record, rate));
  const [trainsKernel, trainsBias = false] = layer
    .parameters()
    .map((weight) => step.trained.has(weight.read() as tf.Variable));
  const inputs = records.map(({input}) => {
    const seen = trainsKernel ? input : tf.zerosLike(input);
    return layer.windows(input.shape).inputRows(layer.arrangeInput(seen));
  });
  const wanted = records.map(({input, difference}, call) => {
    const change = scaleExamples(difference as tf.Tensor, shares[call]);
    return layer.windows(input.shape).outputRows(layer.arrangeOutput(change));
  });
  const hidden = records.some((record) => nextCalls(record).length > 0);
  const examples = records[0].input.shape[0];
  const asked = penalties(step, layer, gradients, rate * examples, inputs[0].length);
  const ofGroup = <T>(calls: T[][], group: number) => calls.map((call) => call[group]);
  const differences = inputs[0].map((_, group) => stackRows(ofGroup(wanted, group)));
  // What outputs are to do, the loss says. Beside regularisers it would move the point where weights come to rest.
  const isBalanced = update.balance > 0 && asked === null && records.every(isOnlyHidden);
  const factors = isBalanced ? balance(differences, update.balance, examples) : null;
  const groups = scaledUnits(differences, factors).map((difference, group) => {
    const rows = {
      input: stackInputs(ofGroup(inputs, group)),
      difference,
      useBias: trainsBias,
      penalty: asked?.[group],
    };
    return checked(updates[update.rule](rows, update), difference, update.rule);
  });
  const progress = joined(groups.map((group) => group.progress));
  const ofAll = (part: 'squaredMove' | 'squaredKernel') =>
    sumOf(groups.map((group) => group[part]));
  return {
    examples,
    kernels: trainsKernel ? groups.map(({kernel}) => kernel) : null,
    bias: trainsBias ? joined(groups.map(({bias}) => bias as tf.Tensor1D)) : null,
    // Of each example what is known of d, so that there is no pass over D.
    squaredWanted: sumOf(
      records.map((record, call) =>
        squaredNormOf(step, record).mul(shares[call]).mul(shares[call]).sum<tf.Scalar>(),
      ),
    ),
    // ⟨D_j, M_j⟩ = ⟨k_j D_j, M_j⟩ / k_j.
    progress: factors === null ? progress : progress.div<tf.Tensor1D>(factors),
    squaredMove: ofAll('squaredMove'),
    squaredOutput: hidden ? sumOf(records.map(({output}) => total(output.square()))) : tf.scalar(0),
    squaredKernel: ofAll('squaredKernel'),
  };
}

/** Whether all that builds on a point, over any branches, are paired layers, by whose targets it has its own. */
function isOnlyHidden({consumers, isLast}: TargetPoint): boolean {
  return (
    consumers.length > 0 &&
    !isLast &&
    consumers.every((consumer) => isCall(consumer) || isOnlyHidden(consumer))
  );
}

/** D of each group of outputs, with each unit times its factor. */
function scaledUnits(differences: tf.Tensor2D[], factors: tf.Tensor1D | null): tf.Tensor2D[] {
  if (factors === null) return differences;
  const ofGroups = tf.split(factors, differences.length) as tf.Tensor1D[];
  return differences.map((difference, group) => difference.mul(ofGroups[group]));
}

/** A change by a rule, which users may have written. */
function checked(change: WeightChange, {shape: [, out]}: tf.Tensor2D, rule: string): WeightChange {
  const {shape} = change.progress;
  if (shape.length === 1 && shape[0] === out) return change;
  throw new Error(
    `DTPOptimizer: progress of update rule '${rule}' has shape [${shape}], expected [${out}], a number for each ` +
      'output. Sum over the rows alone, as in made.mul(difference).sum(0).',
  );
}

/** What groups of outputs have, one group beside the other. */
function joined<T extends tf.Tensor>(parts: T[]): T {
  return parts.length === 1 ? parts[0] : (tf.concat(parts, -1) as T);
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

/** The settings of the rule, with the damping of the step: times p^⅓. */
function eased({config: {update}, participation}: TrainingStep): ResolvedConfig['update'] {
  return {...update, damping: update.damping * Math.cbrt(participation)};
}

/** (rate / β) s_l of a call: what of d_l is wanted, `[batch]`. */
function share({config}: TrainingStep, {influence}: LayerRecord, rate: number): tf.Tensor1D {
  return (influence as tf.Tensor1D).mul(rate / config.beta);
}
