import type * as tf from '@tensorflow/tfjs';
import type {TrainingStep} from './training_step';

/** What a step has found out by the time that it moves weights. */
export interface Determined {
  /** By variable name: what reached it as an ordinary gradient; of a paired layer its regulariser's. */
  gradients: {[name: string]: tf.Tensor | null};
  /** What is added to each trained weight of the paired layers. */
  changes: Array<{variable: tf.Variable; total: tf.Tensor}>;
}

/** Is shown a training step at the moments at which there is something to see; changes nothing. */
export interface StepObserver {
  /** After the forward pass, while tfjs's tape holds it. Whatever this computes is not taped. */
  recorded(step: TrainingStep, loss: tf.Scalar): void;
  /** When all targets and changes are known, before any weight moves. */
  determined(step: TrainingStep, determined: Determined): void;
  /** When the step is undone after all. */
  undone?(): void;
}

/** Shows what a step has determined to all who look at it. */
export function showDetermined(step: TrainingStep, determined: Determined): void {
  for (const observer of step.observers) observer.determined(step, determined);
}
