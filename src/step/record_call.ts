import * as tf from '@tensorflow/tfjs';
import {type Activation, activations} from '../activations/index';
import type {PairedLayer} from '../layers/paired_layer';
import {passDown} from '../targets/pass_down';
import {
  type DirectLink,
  type LayerRecord,
  newPoint,
  type Producer,
  type TrainingStep,
} from './training_step';

/**
 * Computes a paired layer's output during a training step and notes the call.
 *
 *     h_l = W_l x_l + b_l,   output σ(h_l)                                      (Bengio 2020, §2)
 *
 * The layer becomes one node of tfjs's own tape whose gradient is not a gradient: what arrives for
 * h_l is turned into the target difference d_l, and what leaves for the input is d_{l−1} (see
 * `passDown`). Where the input is the very tensor that another paired layer returned, the node hangs
 * on that layer's pre-activation, and f_l(h_{l−1}) = W_l σ(h_{l−1}) + b_l is the paper's.
 *
 * @param x The layer's input, `[batch, ...input]`.
 * @returns σ(h_l), `[batch, ...output]`.
 * @throws RangeError if there are no examples.
 */
export function recordCall(step: TrainingStep, layer: PairedLayer, x: tf.Tensor): tf.Tensor {
  if (x.shape[0] === 0) {
    throw new RangeError(
      `DTPOptimizer: the batch has no examples (layer "${layer.name}" got [${x.shape}]), expected at ` +
        'least one. Leave out empty batches.',
    );
  }
  const producer = step.producers.get(x.id);
  const tapeInput = producer?.tapeOutput ?? x;
  const trains = layer
    .parameters()
    .some((parameter) => step.trained.has(parameter.read() as tf.Variable));

  let record: LayerRecord | null = null;
  let shared!: Pick<LayerRecord, 'input' | 'output'>;
  const node = tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const value = layer.preActivation(x);
    // The record's own: tfjs disposes of h early where it tidies a nested model, or where it is the
    // result. Here nothing is taped, which would copy both.
    shared = {input: asFloats(step, x), output: step.share(value)};
    return {
      value,
      gradFunc: (dy: tf.Tensor) => passDown(step, record as LayerRecord, dy, inputs),
    };
  });
  // The weights' own change is computed after the backward pass, so they are not the node's inputs.
  // The tape follows only paths from a trained variable: the anchor is the trained layer's.
  const h = trains ? node(tapeInput, step.anchor) : node(tapeInput);
  const y = layer.activation.apply(h);

  record = {
    ...newPoint(trains, tapeInput, h),
    layer,
    ...shared,
    below: producer === undefined ? null : directLink(step, producer, shared.input),
    soleUser: false,
    inverted: null,
    moments: [],
  };
  step.records.push(record);
  if (activationOf(layer) !== undefined) step.producers.set(y.id, {tapeOutput: h, record});
  return y;
}

/** The updates multiply inputs by themselves, which wasm does for floats only. */
function asFloats(step: TrainingStep, x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? step.share(x) : step.own(x.toFloat());
}

/** @param x σ(h_{l−1}). */
function directLink(step: TrainingStep, {record}: Producer, x: tf.Tensor): DirectLink {
  const activation = activationOf(record.layer) as Activation;
  const h = record.output;
  let slope: tf.Tensor | null = null;
  return {
    activation,
    preActivation: h,
    record,
    slope: () => {
      slope ??= step.own(activation.derivative(h, x));
      return slope;
    },
  };
}

/** What inversion needs of σ; undefined for an activation that passes targets as a stock layer. */
function activationOf({activation}: PairedLayer): Activation | undefined {
  return activations[activation.getClassName()];
}
