import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {NonFiniteError} from '../step/non_finite_error';
import type {Regularisers, TrainingStep} from '../step/training_step';
import {sumsOf} from '../tensors/sums_of';

/** What regularisers R ask of the weights of a least-squares problem, in the unit of Xᵀ D. */
export interface Penalty {
  /** G_W = η B ∂R/∂W, `[in, out]`. */
  kernel: tf.Tensor2D;
  /** G_b = η B ∂R/∂b, `[out]`; null where there is no bias to move. */
  bias: tf.Tensor1D | null;
  /** η B κ, with κ the curvature of R for the kernel; ≥ 0. */
  curvature: number;
  /** The same for the bias. */
  biasCurvature: number;
}

/**
 * What the regularisers of a layer ask of its trained weights, for each group of its outputs.
 *
 * @param gradients ∂R/∂W by the name of the weight: what the tape brings to the weights themselves.
 * @param scale η B, of the learning rate and the examples of the layer.
 * @param groups Into how many groups the outputs fall.
 * @returns One of each group, the caller's; null where nothing is asked.
 * @throws NonFiniteError that names the weight.
 */
export function penalties(
  step: TrainingStep,
  layer: PairedLayer,
  gradients: Gradients,
  scale: number,
  groups: number,
): Penalty[] | null {
  const known = regularisersOf(step, gradients).get(layer);
  if (known === undefined) return null;
  const weights = weightsOf(layer);
  const [ofKernel, ofBias] = weights.map((weight) =>
    (gradients[weight.name] ?? tf.zerosLike(weight)).mul(scale),
  );
  const [curvature, biasCurvature = 0] = known.curvatures.map((each) => scale * each);
  const kernels = tf.split(layer.matrixFrom(ofKernel), groups, 1) as tf.Tensor2D[];
  const trainsBias = weights.length > 1 && step.trained.has(weights[1]);
  const biases = trainsBias ? (tf.split(ofBias, groups) as tf.Tensor1D[]) : [];
  return kernels.map((kernel, group) => {
    const bias = biases[group] ?? null;
    return {kernel, bias, curvature, biasCurvature};
  });
}

/**
 * The loss without the regularisers of paired layers. If their estimate exceeds the loss, as it may for
 * regularisers that pull towards other weights than 0, the whole loss.
 *
 * @param loss A number.
 * @param gradients As of `penalties`.
 */
export function lossOfTargets(step: TrainingStep, loss: number, gradients: Gradients): number {
  const penalty = [...regularisersOf(step, gradients).values()].reduce(
    (sum, {value}) => sum + value,
    0,
  );
  return penalty < loss ? loss - penalty : loss;
}

type Gradients = {[name: string]: tf.Tensor | null};

/**
 * The regularisers R of the layers that have any, estimated by parabolas that have the same gradients at the
 * weights with which the step began, and their minima at W = 0. Found once a step, as online
 * updates move weights within it.
 *
 *     R ≈ ½ ‖∂R/∂W‖ ‖W‖,   κ = ‖∂R/∂W‖ / ‖W‖              of kernel and bias, each by itself
 *
 * An `l2` is this parabola, with κ = 2 l2. Weights that are all zeros are taken for their minimum.
 */
function regularisersOf(step: TrainingStep, gradients: Gradients): Map<PairedLayer, Regularisers> {
  if (step.regularisers !== null) return step.regularisers;
  const layers = [...new Set(step.records.map(({layer}) => layer))].map((layer) => ({
    layer,
    weights: weightsOf(layer),
  }));
  const asked = layers.filter(({weights}) => weights.some(({name}) => gradients[name] != null));
  const squares = tf.tidy(() =>
    sumsOf(
      asked.flatMap(({weights}) =>
        weights.flatMap((weight) => [
          (gradients[weight.name] ?? tf.scalar(0)).square(),
          (weight as tf.Tensor).square(),
        ]),
      ),
    ),
  );
  const lengths = squares.map(Math.sqrt);
  step.regularisers = new Map(
    asked.map(({layer, weights}) => {
      const parabolas = weights.map(({name}) => parabola(name, lengths.splice(0, 2)));
      const value = parabolas.reduce((sum, each) => sum + each.value, 0);
      return [layer, {value, curvatures: parabolas.map(({curvature}) => curvature)}];
    }),
  );
  return step.regularisers;
}

function weightsOf(layer: PairedLayer): tf.Variable[] {
  return layer.parameters().map((weight) => weight.read() as tf.Variable);
}

function parabola(name: string, [gradient, weight]: number[]) {
  if (!Number.isFinite(gradient)) {
    throw new NonFiniteError(`the gradient of "${name}" is not finite`);
  }
  return {value: (gradient * weight) / 2, curvature: weight === 0 ? 0 : gradient / weight};
}
