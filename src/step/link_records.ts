import * as tf from '@tensorflow/tfjs';
import type {LayerRecord, TargetPoint, TrainingStep} from './training_step';

/** The part of one operation on tfjs's tape that says what it was computed from. */
export interface TapeOperation {
  inputs: {[name: string]: Id};
  outputs: Id[];
}

/** What a tensor is known by on the tape. */
export type Id = Pick<tf.Tensor, 'id'>;

/**
 * Finds out, from the operations of the forward pass, which paired call feeds which, whatever stock
 * layers, nested models or plain operations lie in between. Arms of branches are points on the way.
 *
 * Sets `consumers`, `origins` and `passesDown` of every call and arm, and `soleUser` of every call. A point needs
 * a target if its own weights are trained or if something trained lies below it.
 *
 * @param tape The operations in the order they ran.
 * @param loss What they lead to.
 */
export function linkRecords(step: TrainingStep, tape: TapeOperation[], loss: Id): void {
  const points: TargetPoint[] = [...step.records, ...step.arms];
  const pointOf = new Map(points.map((point) => [point.tapeIds.output, point]));
  /** What needs a target below a tensor: points, up to the nearest, and trained variables. */
  const origins = new Map<number, Set<TargetPoint | tf.Variable>>();
  for (const variable of step.trained) origins.set(variable.id, new Set([variable]));

  for (const {inputs, outputs} of tape) {
    const point = outputs.map(({id}) => pointOf.get(id)).find((found) => found !== undefined);
    const below = point === undefined ? Object.values(inputs) : [{id: point.tapeIds.input}];
    const found = union(below.map(({id}) => origins.get(id)));
    if (point !== undefined) {
      point.origins = found;
      point.passesDown = found.size > 0;
      for (const origin of found) {
        if (!(origin instanceof tf.Variable)) origin.consumers.push(point);
      }
    }
    const above = point === undefined ? found : reach(point);
    if (above.size > 0) for (const {id} of outputs) origins.set(id, above);
  }
  for (const record of step.records) {
    record.soleUser = record.below !== null && isSoleUser(record, record.below.record, tape, loss);
  }
}

/** Whether what a call computed reaches the loss through one other call only, and over no arm of a branch. */
function isSoleUser(
  user: LayerRecord,
  {tapeIds, consumers}: LayerRecord,
  tape: TapeOperation[],
  loss: Id,
): boolean {
  if (consumers[0] !== user) return false;
  const others = new Set([loss.id]);
  for (const {inputs, outputs} of [...tape].reverse()) {
    const isUser = outputs.some(({id}) => id === user.tapeIds.output);
    if (isUser || !outputs.some(({id}) => others.has(id))) continue;
    for (const {id} of Object.values(inputs)) others.add(id);
  }
  return !others.has(tapeIds.output);
}

/** The next paired calls above a point, over the arms of any branches in between. */
export function nextCalls({consumers}: TargetPoint): LayerRecord[] {
  const reached = new Set(consumers);
  for (const point of reached) {
    if (!isCall(point)) for (const consumer of point.consumers) reached.add(consumer);
  }
  return [...reached].filter(isCall);
}

/** Whether a point, or what else lies below one, is a call of a paired layer. */
export function isCall(point: TargetPoint | tf.Variable): point is LayerRecord {
  return 'layer' in point;
}

function reach(point: TargetPoint): Set<TargetPoint | tf.Variable> {
  return new Set(point.trains || point.passesDown ? [point] : []);
}

function union<T>(sets: Array<Set<T> | undefined>): Set<T> {
  const all = new Set<T>();
  for (const set of sets) for (const element of set ?? []) all.add(element);
  return all;
}

/** The operations that tfjs's tape holds while a gradient is being computed. */
export function runningTape(): TapeOperation[] {
  const tape = tf.engine().state.activeTape;
  if (!Array.isArray(tape)) {
    throw new Error(
      'DTPOptimizer: TensorFlow.js keeps no tape of the forward pass, expected engine().state.' +
        `activeTape as in 4.22, found version ${tf.version.tfjs}. Use @tensorflow/tfjs ^4.22.`,
    );
  }
  return tape;
}
