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
 * Sets `isLinked`, and `consumers`, `origins`, `passesDown` and `isLast` of every call and arm, and `soleUser` of
 * every call. A point needs a target if its own weights are trained or if something trained lies below it; what does
 * not reach the loss has none, and counts for nothing.
 *
 * @param tape The operations in the order they ran.
 * @param loss What they lead to.
 * @returns Whether anything that is trained reaches the loss.
 */
export function linkRecords(step: TrainingStep, tape: TapeOperation[], loss: Id): boolean {
  step.isLinked = true;
  const points: TargetPoint[] = [...step.records, ...step.arms];
  const pointOf = new Map(points.map((point) => [point.tapeIds.output, point]));
  /** What needs a target below a tensor: points, up to the nearest, and trained variables. */
  const origins = new Map<number, Set<TargetPoint | tf.Variable>>();
  for (const variable of step.trained) origins.set(variable.id, new Set([variable]));

  const pointAt = ({outputs}: TapeOperation) =>
    outputs.map(({id}) => pointOf.get(id)).find((found) => found !== undefined);

  for (const operation of reaching(tape, loss, pointAt)) {
    const {inputs, outputs} = operation;
    const point = pointAt(operation);
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
    record.soleUser = record.below !== null && isSoleUser(record, record.below.record);
  }
  return origins.has(loss.id);
}

/** The operations that reach the loss, in their order; sets `isLast` of the points among them. */
function reaching(
  tape: TapeOperation[],
  loss: Id,
  pointAt: (operation: TapeOperation) => TargetPoint | undefined,
): TapeOperation[] {
  /** Of the tensors that reach the loss, whether they do so over no point. */
  const directly = new Map([[loss.id, true]]);
  const found = [...tape].reverse().filter((operation) => {
    const ways = operation.outputs.map(({id}) => directly.get(id));
    if (ways.every((way) => way === undefined)) return false;
    const point = pointAt(operation);
    const isDirect = ways.includes(true);
    if (point !== undefined) point.isLast = isDirect;
    for (const {id} of Object.values(operation.inputs)) {
      directly.set(id, directly.get(id) === true || (isDirect && point === undefined));
    }
    return true;
  });
  return found.reverse();
}

/** Whether what a call computed reaches the loss through one other call only, and over no arm of a branch. */
function isSoleUser(user: LayerRecord, {consumers, isLast}: LayerRecord): boolean {
  return consumers.length === 1 && consumers[0] === user && !isLast;
}

/** Whether a target reaches next no trained variable, nor what the loss sees, but points that feed `points` alone. */
export function reachesAlone({origins}: TargetPoint, points: TargetPoint[]): boolean {
  return [...origins].every(
    (origin) =>
      !(origin instanceof tf.Variable) &&
      !origin.isLast &&
      origin.consumers.every((user) => points.includes(user)),
  );
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
