import type * as tf from '@tensorflow/tfjs';
import {NonFiniteError} from '../step/non_finite_error';
import {sumsOf} from '../step/sums_of';
import type {TrainingStep} from '../step/training_step';
import type {Propagation} from '../targets/propagate';
import {decreasePart, noiseLimit, shiftPart, weightsPart} from './bounds';
import {participation, participationSums} from './participation';
import type {LayerChange} from './weight_changes';

/**
 * How much of its change each layer takes, from one small read of what the step would do.
 *
 * @param rate The learning rate, at least 0.
 * @returns For each of the layers a factor in [0, 1].
 * @throws NonFiniteError that names what is not finite.
 */
export function boundedParts(
  step: TrainingStep,
  layers: LayerChange[],
  {loss, gradients}: Propagation,
  rate: number,
): number[] {
  const {config, records, iteration} = step;
  const reached = Object.entries(gradients).filter(([, tensor]) => tensor !== null);
  const checked = [
    ...layers.map(({layer, progress}) => ({
      what: `the change of layer "${layer.name}"`,
      tensor: progress as tf.Tensor,
    })),
    ...reached.map(([name, tensor]) => ({
      what: `the gradient of "${name}"`,
      tensor: tensor as tf.Tensor,
    })),
  ];
  const {decrease, shift, weights, noise} = config.bounds;
  const bounded = weights !== null || noise !== null;
  const shared = noise === null ? null : participationSums(step);
  const [lossValue, ...sums] = sumsOf([
    loss,
    ...checked.map(({tensor}) => tensor),
    ...layers.map(({squaredShift}) => squaredShift),
    ...(bounded ? layers.flatMap((layer) => squaredKernels(step, layer)) : []),
    ...(shared === null ? [] : [step.own(shared.sum), step.own(shared.ofSquares)]),
  ]);
  const bad = checked.findIndex((_, i) => !Number.isFinite(sums[i]));
  if (bad !== -1) throw new NonFiniteError(`${checked[bad].what} is not finite`);

  const squaredShifts = sums.slice(checked.length);
  const kernels = squaredShifts.slice(layers.length);
  const [sum, ofSquares] = sums.slice(-2);
  const even = shared === null ? 1 : participation(sum, ofSquares, shared.examples);
  const steady = noiseLimit(noise, even, iteration);
  const parts = layers.map(({hidden}, i) =>
    Math.min(
      shiftPart(shift, squaredShifts[i], hidden),
      weightsPart(weights, kernels[2 * i], kernels[2 * i + 1]),
      weightsPart(steady, kernels[2 * i], kernels[2 * i + 1]),
    ),
  );
  // s_l d_l / β estimates −∂L_b/∂h_l, so that its product with the change made is a decrease.
  const progress = parts.reduce((sum, part, i) => sum + part * sums[i], 0);
  const predicted = rate === 0 ? 0 : progress / (rate * records[0].input.shape[0]);
  const whole = decreasePart(decrease, lossValue, predicted);
  return parts.map((part) => part * whole);
}

/** ‖ΔW‖² and ‖W‖², which online updates change within the step. */
function squaredKernels(
  {kernelNorms, own}: TrainingStep,
  {squaredKernel, changes: [{variable}]}: LayerChange,
): tf.Scalar[] {
  const norm = kernelNorms.get(variable) ?? own(variable.square().sum() as tf.Scalar);
  kernelNorms.set(variable, norm);
  return [squaredKernel, norm];
}
