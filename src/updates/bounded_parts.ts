import * as tf from '@tensorflow/tfjs';
import {kernelOf} from '../layers/kernel_of';
import {NonFiniteError} from '../step/non_finite_error';
import {outputPoints} from '../step/output_points';
import type {TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {sumsOf, sumsOfEach} from '../tensors/sums_of';
import {total} from '../tensors/total';
import {
  decreaseLimit,
  decreasePart,
  fewExamplesPart,
  noiseLimit,
  partWithin,
  restraint,
  squaredKernelSize,
  togetherPart,
} from './bounds';
import {lossOfTargets} from './penalty';
import type {LayerChange} from './weight_changes';

/** What a layer takes of its change. */
export interface BoundedPart {
  /** In [0, 1]. */
  part: number;
  /** part ‖ΔW‖ / ‖W‖ of the kernel, ∞ where it is all zeros; null if no bound is for it. */
  relativeMove: number | null;
}

/**
 * How much of its change each layer takes, from one small read of what the step would do.
 *
 * @param rate The learning rate, at least 0.
 * @throws NonFiniteError that names what is not finite.
 */
export function boundedParts(
  step: TrainingStep,
  layers: LayerChange[],
  {loss, gradients}: Propagation,
  rate: number,
): BoundedPart[] {
  const {config, iteration, participation} = step;
  const {together, decrease, shift, weights, noise} = config.bounds;
  const reached = Object.entries(gradients).filter(([, tensor]) => tensor !== null);
  const sizes = weights !== null || noise !== null ? layers.map(squaredSizes(step)) : [];
  const sums = sumsOfEach({
    loss: [loss],
    progress: layers.map((layer) => layer.progress),
    wanted: layers.map((layer) => layer.squaredWanted),
    gradients: reached.map(([, tensor]) => tensor as tf.Tensor),
    moves: layers.map((layer) => layer.squaredMove),
    outputs: layers.map((layer) => layer.squaredOutput),
    changes: sizes.map(({change}) => change),
    kernels: sizes.map(({kernel}) => kernel),
  });
  assertFinite(
    sums.progress,
    (i) => brokenDecoder(step) ?? `the change of layer "${layers[i].layer.name}"`,
  );
  assertFinite(sums.gradients, (i) => `the gradient of "${reached[i][0]}"`);

  const fits = layers.map((_, i) => fitOf(sums.progress[i], sums.wanted[i]));
  const shared = togetherPart(together, fits);
  const steady = noiseLimit(noise, participation, iteration);
  const ofFew = fewExamplesPart(noise, examplesOfOutputs(step), iteration);
  const parts = layers.map(({layer}, i) => {
    const kernelSize = squaredKernelSize(sums.kernels[i], kernelOf(layer).shape);
    return Math.min(
      shared,
      partWithin(shift, sums.moves[i], sums.outputs[i]),
      partWithin(weights, sums.changes[i], kernelSize),
      ofFew ?? partWithin(steady, sums.changes[i], kernelSize),
    );
  });
  // s_l d_l / β estimates −∂L_b/∂h_l, so that its product with the change made is a decrease.
  const predicted =
    rate === 0
      ? 0
      : layers.reduce((sum, {examples}, i) => sum + (parts[i] * sums.progress[i]) / examples, 0) /
        rate;
  const limit = decreaseLimit(decrease, fits, participation, restraintOf(step));
  const whole = decreasePart(limit, lossOfTargets(step, sums.loss[0], gradients), predicted);
  return parts.map((ofLayer, i) => {
    const part = ofLayer * whole;
    const relative = Math.sqrt(Math.max(0, sums.changes[i]) / sums.kernels[i]);
    // NaN where a kernel of zeros stays.
    return {part, relativeMove: sizes.length === 0 ? null : part * relative || 0};
  });
}

/** φ; within [0, 1], which fits leave that were made on a sample of the rows, or of each row by itself. */
function fitOf(progress: number, squaredWanted: number): number {
  return squaredWanted > 0 ? Math.max(0, Math.min(1, progress / squaredWanted)) : 0;
}

/** ‖ΔW‖² and ‖W‖², which online updates change within the step. */
function squaredSizes({kernelNorms, own}: TrainingStep) {
  return ({layer, squaredKernel}: LayerChange) => {
    const variable = kernelOf(layer);
    const kernel = kernelNorms.get(variable) ?? own(tf.tidy(() => total(variable.square())));
    kernelNorms.set(variable, kernel);
    return {change: squaredKernel, kernel};
  };
}

/** B, of the outputs; 0 where none has a target. */
function examplesOfOutputs(step: TrainingStep): number {
  return Math.max(
    0,
    ...outputPoints(step).map(({difference}) => (difference as tf.Tensor).shape[0]),
  );
}

/** The restraint by what the outputs of a step are to change by. */
function restraintOf(step: TrainingStep): number {
  const shapes = outputPoints(step).map(({difference}) => difference as tf.Tensor);
  const examples = shapes.reduce((sum, {shape}) => sum + shape[0], 0);
  const entries = Math.min(...shapes.map(({size, shape}) => size / shape[0]));
  return restraint(step.participation, examples, entries, step.iteration);
}

/** A decoder that has diverged, from which a change may have what is not finite; null if there is none. */
function brokenDecoder({records}: TrainingStep): string | null {
  const broken = records.find(({layer: {decoder}}) => {
    const maps = decoder === null ? [] : [...decoder.hidden, decoder];
    const weights = maps.flatMap(({kernel, bias}) => [kernel.read(), bias.read()]);
    return sumsOf(weights).some((sum) => !Number.isFinite(sum));
  });
  return broken === undefined
    ? null
    : `the decoder of layer "${broken.layer.name}", which has diverged (lower decoders.learningRate or the rate ` +
        'of decoders.optimizer, and convert the model anew),';
}

/** Names the last of them, from which the others have it, as targets come from above. */
function assertFinite(sums: number[], what: (i: number) => string): void {
  const bad = sums.map((sum) => Number.isFinite(sum)).lastIndexOf(false);
  if (bad !== -1) throw new NonFiniteError(`${what(bad)} is not finite`);
}
