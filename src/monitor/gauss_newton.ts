import * as tf from '@tensorflow/tfjs';
import type {LayerRecord, TargetPoint, TrainingStep} from '../step/training_step';
import {backPropagate, onTape} from '../targets/back_propagate';
import {targetDifference} from '../targets/scale_down';
import {angleBetween} from './angle_between';
import type {Diagnostic} from './index';
import {leastNormSolution} from './least_norm_solution';
import {relativeNorms} from './relative_norms';

/** What `gaussNewton` measures of a call; null where a vector is 0. */
export interface GaussNewtonErrors {
  /** The angle between τ_l − h_l and the exact step, in degrees from 0 to 180. */
  angle: number | null;
  /** ‖(τ_l − h_l) − exact‖ / ‖exact‖, ≥ 0. */
  error: number | null;
}

/**
 * How far targets are from the exact Gauss–Newton step of h_l. They are equal where all inverses are exact and,
 * below the top layer, none is narrower than its input.
 *
 *     J_l⁺ (τ_L − h_L),   J_l = ∂h_L/∂h_l of each example by itself          (Bengio 2020, §4)
 *
 * The differences of all examples are taken as one vector. h_L is all at which a way down begins:
 * the paired layers with none above, and arms of branches with none. What reaches the loss past
 * these does not count. Layers that mix examples, as batch normalisation does in training, count as
 * if an example's h_l moved only its own h_L, by the sum of what it moves.
 *
 * For small networks: one backward pass for each unit of h_L, and one eigendecomposition in
 * JavaScript for each example and layer.
 *
 * @throws RangeError if these are more than 2²⁸ multiplications, about a second of work.
 */
export const gaussNewton: Diagnostic<GaussNewtonErrors> = (step) => {
  const exact = gaussNewtonSteps(step);
  return (record) => {
    const wanted = exact(record);
    const difference = targetDifference(record);
    const [error] = relativeNorms([[difference.sub(wanted), wanted]]);
    return {angle: angleBetween(difference, wanted), error};
  };
};

/** In multiplications: about a second of work. */
export const LARGEST = 2 ** 28;

/**
 * J_l⁺ (τ_L − h_L) of every call.
 *
 * @returns A function for use once targets are known, `[batch, ...output]`.
 * @throws RangeError if the network is too large.
 */
export function gaussNewtonSteps(step: TrainingStep): (record: LayerRecord) => tf.Tensor {
  const units = outputUnits(step);
  assertSmall(step, units.length);
  for (const {y, index, rows} of units) {
    const unit = tf.tensor(ofEachExample(y, index), y.shape);
    backPropagate(step, y, unit, (record, p) => rows.set(record, p.dataSync() as Float32Array));
  }
  return (record) => {
    const {shape, size} = record.output;
    const length = size / shape[0];
    const known = units.filter(({point}) => point.difference !== null);
    const residuals = known.map(({point}) => targetDifference(point).dataSync());
    const exact = new Float32Array(size);
    for (let b = 0; b < shape[0]; b++) {
      const rowOf = ({rows}: OutputUnit) =>
        rows.get(record)?.subarray(b * length, (b + 1) * length) ?? new Float32Array(length);
      const wanted = known.map(
        ({index}, k) => residuals[k][b * (residuals[k].length / shape[0]) + index],
      );
      exact.set(leastNormSolution(known.map(rowOf), wanted), b * length);
    }
    return tf.tensor(exact, shape);
  };
}

/** One unit of h_L, and its derivative by each h_l: a row of J_l for every example. */
interface OutputUnit {
  point: TargetPoint;
  /** The tensor on the tape that it belongs to. */
  y: tf.Tensor;
  /** Its place within an example. */
  index: number;
  rows: Map<LayerRecord, Float32Array>;
}

/** 1 for one unit of every example, 0 for the others. */
function ofEachExample({size, shape: [examples]}: tf.Tensor, index: number): Float32Array {
  const length = size / examples;
  return Float32Array.from({length: size}, (_, i) => Number(i % length === index));
}

function outputUnits({records, arms}: TrainingStep): OutputUnit[] {
  return [...records, ...arms]
    .filter(({consumers}) => consumers.length === 0)
    .filter(({trains, passesDown}) => trains || passesDown)
    .flatMap((point) => {
      const y = onTape(point.tapeIds.output);
      const count = y.size / y.shape[0];
      return Array.from({length: count}, (_, index) => ({point, y, index, rows: new Map()}));
    });
}

function assertSmall({records}: TrainingStep, outputs: number): void {
  const products = records.map(({output: {shape, size}}) => {
    return size * outputs * Math.min(outputs, size / shape[0]);
  });
  const total = products.reduce((sum, product) => sum + product, 0);
  if (total <= LARGEST) return;
  throw new RangeError(
    `dtp.diagnostics: 'gaussNewton' of ${outputs} output units would take ${total} multiplications ` +
      `in a step, expected at most ${LARGEST}: the sum over layers of batch · units · outputs · ` +
      'min(units, outputs). Use a smaller batch or network, or leave it out.',
  );
}
