import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {stackRows} from '../step/stack_rows';
import type {LayerRecord} from '../step/training_step';
import {
  type DecoderBatch,
  type DecoderLearningOptions,
  type DecoderObjectiveName,
  type DecoderState,
  decoderObjectives,
} from './index';

/**
 * Moves the decoder of one layer by the steps of an objective, on the activations of its calls.
 *
 * Local: it sees the layer's own weights, inputs and outputs.                (Bengio 2020, §10.2)
 *
 * @param records The calls of the layer during this step; at least one.
 */
export function learnDecoder(
  layer: PairedLayer,
  records: LayerRecord[],
  objective: DecoderObjectiveName,
  options: DecoderLearningOptions,
): void {
  const {decoder} = layer;
  if (decoder === null) return;
  tf.tidy(() => {
    const state = {
      kernel: decoder.kernel.read(),
      bias: decoder.bias.read(),
      mobility: decoder.mobility.read(),
      direction: decoder.direction.read(),
    } as DecoderState;
    const batch: DecoderBatch = {
      encoder: layer.parameters()[0].read() as tf.Tensor2D,
      input: stackRows(records.map(({input}) => layer.rows(input))),
      output: stackRows(records.map(({output}) => layer.rows(output))),
      mobility: stackRows(records.map((record) => layer.rows(slopes(record))))
        .square()
        .mean(0),
    };
    const changed = decoderObjectives[objective](state, batch, options);
    for (const part of Object.keys(changed) as Array<keyof DecoderState>) {
      decoder[part].write(changed[part] as tf.Tensor);
    }
  });
}

/** σ'(h_{l−1}); 1 where stock layers lie in between, whose input is taken to move freely. */
function slopes({below, input}: LayerRecord): tf.Tensor {
  return below === null
    ? tf.onesLike(input)
    : below.activation.derivative(below.preActivation, input);
}
