import * as tf from '@tensorflow/tfjs';
import {showDetermined} from '../step/step_observer';
import type {TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {totalChanges} from '../updates/total_changes';
import {decayKernels} from './decay_kernels';
import type {InnerOptimizer} from './inner_optimizer';

/**
 * Moves the weights of paired layers once the targets are known.
 *
 *     W ← (1 − rate · weightDecay) W + ΔW
 *
 * @param rate The learning rate, by which ΔW is as long, too.
 * @param inner Gets −ΔW as a gradient, and takes a step of its own in place of ΔW; null for ΔW.
 * @throws NonFiniteError that names what is not finite.
 */
export function applyChanges(
  step: TrainingStep,
  propagation: Propagation,
  rate: number,
  inner: InnerOptimizer | null,
): void {
  const {weightDecay} = step.config;
  tf.tidy(() => {
    const totals = totalChanges(step, propagation, rate);
    showDetermined(step, {gradients: propagation.gradients, changes: totals});
    decayKernels(totals, rate * weightDecay);
    if (inner !== null) {
      inner.applyGradients(
        totals.map(({variable, total}) => ({name: variable.name, tensor: total.neg()})),
      );
      return;
    }
    for (const {variable, total, relativeMove} of totals) {
      variable.assign(variable.add(total));
      if (relativeMove !== null && weightDecay === 0) {
        step.relativeMoves.set(variable.dataId, relativeMove);
      }
    }
  });
}
