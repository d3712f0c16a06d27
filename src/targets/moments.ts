import type {TrainingStep} from '../step/training_step';

/** How many moments of the relaxation the step has kept; 1 if there are none but its end. */
export function momentCount({records}: TrainingStep): number {
  return Math.max(1, ...records.map(({moments}) => moments.length));
}

/**
 * Sets the step back to a moment of its relaxation: targets as they were after sweep `t`.
 *
 * Each run of directly linked layers has its own sweeps; where one has stopped earlier, its end
 * counts. What a run passes on to the layers below a stock layer is its end at all moments.
 *
 * @param t From 0.
 */
export function showMoment(step: TrainingStep, t: number): void {
  for (const record of step.records) {
    const moment = record.moments[Math.min(t, record.moments.length - 1)];
    if (moment === undefined || !record.soleUser || record.below === null) continue;
    record.below.record.difference = moment.difference;
    record.passed = moment.passed;
  }
}
