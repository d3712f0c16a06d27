import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {NonFiniteError} from '../step/non_finite_error';
import {sumsOf} from '../step/sums_of';
import type {Regularisers, TrainingStep} from '../step/training_step';

/** What regularisers R ask of the weights of a least-squares problem, in the unit of Xᵀ D. */
export interface Penalty {
  /** G_W = η B ∂R/∂W, `[in, out]`. */
  kernel: tf.Tensor2D;
  /** G_b = η B ∂R/∂b, `[out]`; null where there is no bias to move. */
  bias: tf.Tensor1D | null;
  /** η B κ, with κ the curvature of R; ≥ 0. */
  curvature: number;
}

/**
 * What the regularisers of a layer ask of its trained weights, for each group of its outputs.
 *
 * @param gradients ∂R/∂W by the name of the weight: what the tape brings to the weights themselves.
 * @param rate η, the learning rate; B are the examples of the step.
 * @param groups Into how many groups the outputs fall.
 * @returns One of each group, the caller's; null where nothing is asked.
 * @throws NonFiniteError that names the weight.
 */
export function penalties(
  step: TrainingStep,
  layer: PairedLayer,
  gradients: {[name: string]: tf.Tensor | null},
  rate: number,
  groups: number,
): Penalty[] | null {
  const weights = layer.parameters().map((weight) => weight.read() as tf.Variable);
  const asked = weights.map(({name}) => gradients[name] ?? null);
  if (asked.every((gradient) => gradient === null)) return null;
  const scale = rate * step.records[0].input.shape[0];
  const known = step.regularisers.get(layer) ?? measured(weights, asked);
  // As it was when the step began: online updates move the weights within it.
  step.regularisers.set(layer, known);
  const [ofKernel, ofBias] = weights.map((weight, i) =>
    (asked[i] ?? tf.zerosLike(weight)).mul(scale),
  );
  const kernels = tf.split(layer.matrixFrom(ofKernel), groups, 1) as tf.Tensor2D[];
  const trainsBias = weights.length > 1 && step.trained.has(weights[1]);
  const biases = trainsBias ? (tf.split(ofBias, groups) as tf.Tensor1D[]) : [];
  const curvature = scale * known.curvature;
  return kernels.map((kernel, group) => ({kernel, bias: biases[group] ?? null, curvature}));
}

/**
 * R as the parabola that has its gradient here and its minimum at W = 0.
 *
 *     R ≈ ½ Σ ‖∂R/∂W‖ ‖W‖,   κ = max ‖∂R/∂W‖ / ‖W‖          over kernel and bias
 *
 * An `l2` is this parabola, with κ = 2 l2. Weights that are all zeros have no say in κ.
 */
function measured(weights: tf.Variable[], gradients: Array<tf.Tensor | null>): Regularisers {
  const squares = sumsOf(
    weights.flatMap((weight, i) => [
      (gradients[i] ?? tf.scalar(0)).square(),
      weight.square() as tf.Tensor,
    ]),
  );
  const norms = weights.map(({name}, i) => {
    const [gradient, weight] = squares.slice(2 * i, 2 * i + 2).map(Math.sqrt);
    if (Number.isFinite(gradient)) return {gradient, weight};
    throw new NonFiniteError(`the gradient of "${name}" is not finite`);
  });
  return {
    value: norms.reduce((sum, {gradient, weight}) => sum + (gradient * weight) / 2, 0),
    curvature: Math.max(
      ...norms.map(({gradient, weight}) => (weight === 0 ? 0 : gradient / weight)),
    ),
  };
}
