import * as tf from '@tensorflow/tfjs';
import {showDetermined} from '../step/step_observer';
import type {TrainingStep} from '../step/training_step';
import {momentCount, showMoment} from '../targets/moments';
import type {Propagation} from '../targets/propagate';
import {totalChanges} from '../updates/total_changes';
import {decayKernels, isKernel} from './decay_kernels';

/**
 * Lets the weights of paired layers follow the relaxation of the targets.
 *
 *     W ← W − γ W + ΔW_t − ΔW_{t−1}                                    (Bengio 2020, §7)
 *
 * with ΔW_t the whole change if the relaxation stopped after sweep t: linear in the targets, so
 * that this is the paper's τ̇ nᵀ, and what a stop leaves behind is that change. At the start τ = h,
 * ΔW_0 = 0, and nothing moves. The relaxation itself sees the weights of the forward pass, as the
 * paper's x and n stay fixed in it. Biases do not decay.
 *
 * @param rate The learning rate, by which ΔW is as long, too.
 * @param decay γ, in a sweep; beside it `weightDecay` acts once.
 * @throws NonFiniteError that names what is not finite; weights may have moved.
 */
export function applyOnline(
  step: TrainingStep,
  propagation: Propagation,
  rate: number,
  decay: number,
): void {
  tf.tidy(() => {
    if (step.observers.length > 0) {
      // Without decay the increments sum to the change at the end.
      const changes = totalChanges(step, propagation, rate);
      showDetermined(step, {gradients: propagation.gradients, changes});
    }
    const done = new Map<tf.Variable, tf.Tensor>();
    for (let t = 0; t < momentCount(step); t++) {
      showMoment(step, t);
      const totals = totalChanges(step, propagation, rate);
      if (t === 0) decayKernels(totals, rate * step.config.weightDecay);
      for (const {variable, total} of totals) {
        const increment = done.has(variable) ? total.sub(done.get(variable) as tf.Tensor) : total;
        const kept = decay > 0 && isKernel(variable) ? variable.mul(1 - decay) : variable;
        variable.assign(kept.add(increment));
        done.set(variable, total);
      }
    }
  });
}
