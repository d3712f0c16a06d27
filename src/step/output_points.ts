import type {TargetPoint, TrainingStep} from './training_step';

/** The points of a step at which its targets begin. */
export function outputPoints({records, arms}: TrainingStep): TargetPoint[] {
  return [...records, ...arms].filter(isOutput);
}

/** The points at which targets for this one begin: those with a target that feed no other. */
export function outputsOf(point: TargetPoint): TargetPoint[] {
  const reached = new Set([point]);
  for (const at of reached) {
    for (const consumer of at.consumers) if (hasTarget(consumer)) reached.add(consumer);
  }
  return [...reached].filter(isOutput);
}

/** Whether a point has a target, as all have that a path leads from to the loss. */
export function hasTarget({difference}: TargetPoint): boolean {
  return difference !== null;
}

/** Whether targets begin at a point: it has one, and feeds no other that has. */
function isOutput(point: TargetPoint): boolean {
  return hasTarget(point) && !point.consumers.some(hasTarget);
}
