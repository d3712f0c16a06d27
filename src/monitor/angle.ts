import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import type {Determined} from '../step/step_observer';
import type {LayerRecord} from '../step/training_step';
import {backPropagate} from '../targets/back_propagate';
import {targetDifference} from '../targets/scale_down';
import {angleBetween} from './angle_between';
import type {Diagnostic} from './index';

/** What `angle` measures of a call, in degrees from 0 to 180; null where a vector is 0. */
export interface GradientAngles {
  /**
   * Between (ΔW, Δb) of the layer, all its calls together, and −(∂L/∂W, ∂L/∂b), as far as these are trained;
   * null if frozen.
   */
  update: number | null;
  /** Between τ_l − h_l and −∂L/∂h_l. */
  target: number | null;
}

/**
 * The angles between what the step does and what gradient descent would do, in degrees; below 90
 * the loss decreases to first order.                                           (Bengio 2020, §4)
 *
 * Each pair is taken as two vectors, over the whole batch. ΔW is what is added to the weights, or
 * given to an inner optimizer; ∂L/∂W includes the gradient of the weight's own regulariser. ∂L/∂h_l
 * is back-propagated through the transposed weights, over the same forward pass.
 */
export const angle: Diagnostic<GradientAngles> = (step, loss) => {
  const gradients = new Map<LayerRecord, tf.Tensor>();
  backPropagate(step, loss, null, (record, p) => gradients.set(record, step.share(p)));
  return (record, determined) => ({
    update: record.trains ? angleOfUpdate(record.layer, gradients, determined) : null,
    target: angleBetween(targetDifference(record), (gradients.get(record) as tf.Tensor).neg()),
  });
};

/**
 * ∂L/∂W and ∂L/∂b of a layer, from what arrives at its pre-activations.
 *
 *     ∂L/∂W = Σ P(x)ᵀ p,   ∂L/∂b = Σ 1ᵀ p,   over its calls; P(x) are the windows of its inputs
 */
export function weightGradients(
  layer: PairedLayer,
  gradients: ReadonlyMap<LayerRecord, tf.Tensor>,
  determined: Pick<Determined, 'gradients'>,
): tf.Tensor[] {
  const calls = [...gradients].filter(([record]) => record.layer === layer);
  const parts = calls.map(([{input}, p]) => {
    const [x, d] = [layer.arrangeInput(input), layer.arrangeOutput(p)];
    const kernel = layer.kernelFrom(layer.windows(input.shape).correlation(x, d));
    return [kernel, d.sum(d.shape.map((_, axis) => axis).slice(0, -1))];
  });
  return layer.parameters().map((parameter, i) => {
    const penalty = determined.gradients[(parameter.read() as tf.Variable).name];
    const terms = parts.map((part) => part[i].reshape(parameter.shape as number[]));
    return tf.addN(penalty == null ? terms : [...terms, penalty]);
  });
}

function angleOfUpdate(
  layer: PairedLayer,
  gradients: ReadonlyMap<LayerRecord, tf.Tensor>,
  determined: Determined,
): number | null {
  const ofWeights = weightGradients(layer, gradients, determined);
  const trained = layer.parameters().flatMap((parameter, i) => {
    const change = determined.changes.find(({variable}) => variable === parameter.read());
    return change === undefined ? [] : [{change: change.total, gradient: ofWeights[i]}];
  });
  return angleBetween(
    asVector(trained.map(({change}) => change)),
    asVector(trained.map(({gradient}) => gradient)).neg(),
  );
}

function asVector(tensors: tf.Tensor[]): tf.Tensor {
  return tf.concat(tensors.map((tensor) => tensor.flatten()));
}
