import type {TrainingStep} from './training_step';

/** B, the examples of a step: the first axis of what its first call got. */
export function exampleCount({records}: TrainingStep): number {
  return records[0].input.shape[0];
}
