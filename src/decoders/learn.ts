import * as tf from '@tensorflow/tfjs';
import type {Decoder, PairedLayer} from '../layers/paired_layer';
import type {NamedTensors} from '../optimizer/inner_optimizer';
import {finiteOf} from '../step/non_finite_error';
import type {DirectLink, LayerRecord} from '../step/training_step';
import {alias} from '../tensors/alias';
import {stackRows} from '../tensors/stack_rows';
import {
  type Affine,
  type DecoderBatch,
  type DecoderLearningOptions,
  type DecoderObjectiveName,
  type DecoderState,
  type Descend,
  decoderObjectives,
} from './index';
import {meanOverPlaces} from './mean_over_places';

/** What an optimizer is to a decoder. */
type Stepping = {applyGradients(gradients: NamedTensors): void};

/**
 * Moves the decoder of one layer by the steps of an objective, on the activations of its calls.
 *
 * Local: it sees the layer's own weights, inputs and outputs.                (Bengio 2020, §10.2)
 *
 * @param records The calls of the layer during this step; at least one.
 * @param optimizer Takes the steps in place of the rule; the same one for this layer every time.
 */
export function learnDecoder(
  layer: PairedLayer,
  records: LayerRecord[],
  objective: DecoderObjectiveName,
  options: Omit<DecoderLearningOptions, 'descend'>,
  optimizer: Stepping | null = null,
): void {
  const {decoder} = layer;
  if (decoder === null) return;
  tf.tidy(() => {
    const state = {
      ...read(decoder),
      hidden: decoder.hidden.map(read),
      mobility: decoder.mobility.read(),
      direction: decoder.direction.read(),
    } as DecoderState;
    const descend = optimizer && descentThrough(optimizer, decoder);
    const batch = batchOf(layer, decoder, records);
    const changed = finiteOf(`the decoder of layer "${layer.name}" cannot learn`, () =>
      decoderObjectives[objective](state, batch, {...options, descend}),
    );
    const {hidden = [], ...parts} = changed;
    for (const [k, weights] of hidden.entries()) write<keyof Affine>(decoder.hidden[k], weights);
    write<keyof typeof parts>(decoder, parts);
  });
}

/** The activations of the calls, one below the other. */
function batchOf(layer: PairedLayer, decoder: Decoder, records: LayerRecord[]): DecoderBatch {
  const linkOf = ({below}: LayerRecord) =>
    decoder.reconstructs === 'preActivation' ? below : null;
  // Calls that ask for another reconstruction than the first would teach a mixture of the two.
  const link = linkOf(records[0]);
  const {shape} = records[0].input;
  const calls = records.filter(
    (record) =>
      linkOf(record)?.activation === link?.activation &&
      tf.util.arraysEqual(record.input.shape.slice(1), shape.slice(1)),
  );
  const inputsOf = (activation: (record: LayerRecord) => tf.Tensor) =>
    stackRows(calls.map((record) => layer.arrangeInput(activation(record))));
  const input = inputsOf((record) => record.input);
  const movesFreely = calls.every(({below}) => below === null);
  return {
    encoder: layer.matrix(),
    windows: layer.windows(shape),
    input,
    output: stackRows(calls.map(({output}) => layer.arrangeOutput(output))),
    mobility: movesFreely
      ? tf.ones([input.shape[input.rank - 1]])
      : meanOverPlaces(inputsOf(slopes).square()),
    below: link && {
      activation: link.activation,
      preActivation: inputsOf(({below}) => (below as DirectLink).preActivation),
    },
    nonlinearities: decoder.nonlinearities,
  };
}

/** σ'(h_{l−1}); 1 where stock layers lie in between, whose input is taken to move freely. */
function slopes({below, input}: LayerRecord): tf.Tensor {
  return below?.slope() ?? tf.onesLike(input);
}

/** Steps of an optimizer on the decoder's own variables, which it finds by their names. */
function descentThrough(optimizer: Stepping, decoder: Decoder): Descend {
  const maps = [...decoder.hidden, decoder];
  return (descent) => {
    const gradient = (weight: tf.LayerVariable, change: tf.Tensor | null) =>
      change === null ? [] : [{name: (weight.read() as tf.Variable).name, tensor: change.neg()}];
    optimizer.applyGradients(
      descent.flatMap(({kernel, bias}, k) => [
        ...gradient(maps[k].kernel, kernel),
        ...gradient(maps[k].bias, bias),
      ]),
    );
    return maps.map(read);
  };
}

/** The weights of a map as they are now: the optimizer goes on with its variables. */
function read({kernel, bias}: Pick<Decoder, 'kernel' | 'bias'>): Affine {
  return {kernel: alias(kernel.read()), bias: alias(bias.read())} as Affine;
}

function write<Part extends string>(
  weights: {[part in Part]: tf.LayerVariable},
  values: {[part in Part]?: tf.Tensor},
): void {
  for (const part of Object.keys(values) as Part[]) weights[part].write(values[part] as tf.Tensor);
}
