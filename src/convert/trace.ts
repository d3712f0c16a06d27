import * as tf from '@tensorflow/tfjs';

/** One use of a layer in a model, with nested models taken apart. */
export interface Call {
  layer: tf.layers.Layer;
  inputs: Value[];
  outputs: Value[];
  /** The nested models around it, the outermost first. */
  within: tf.layers.Layer[];
}

/** A tensor that flows through the model, under all the names that nested models give it. */
export interface Value {
  symbols: tf.SymbolicTensor[];
}

export type Node = tf.LayersModel['nodesByDepth'][string][number];

/** The uses of layers in a functional model, in the order in which they were made: inputs first. */
export function nodesOf(model: tf.LayersModel): Node[] {
  return Object.values(model.nodesByDepth)
    .flat()
    .sort((a, b) => a.id - b.id);
}

export function isInput(layer: tf.layers.Layer): boolean {
  return layer.getClassName() === 'InputLayer';
}

/** A wrapper whose layer is called as any other, once for each time step. */
export function isTimeDistributed(layer: tf.layers.Layer): layer is tf.layers.Layer & Wrapper {
  return layer.getClassName() === 'TimeDistributed';
}

interface Wrapper {
  layer: tf.layers.Layer;
}

/**
 * Lists what a model computes, inputs first: every use of every layer that is not itself a model. A
 * nested model that is used several times is listed as often.
 */
export function trace(model: tf.LayersModel): Call[] {
  const calls: Call[] = [];
  followModel(calls, model, model.inputs.map(newValue), []);
  return calls;
}

/** Lists what a layer computes of its inputs, and returns its outputs. */
function follow(
  calls: Call[],
  layer: tf.layers.Layer,
  inputs: Value[],
  outputCount: number,
  within: tf.layers.Layer[],
): Value[] {
  const inside = [...within, layer];
  if (layer instanceof tf.LayersModel) return followModel(calls, layer, inputs, inside);
  if (isTimeDistributed(layer)) return follow(calls, layer.layer, inputs, outputCount, inside);
  const outputs = Array.from({length: outputCount}, newValue);
  calls.push({layer, inputs, outputs, within});
  return outputs;
}

function followModel(
  calls: Call[],
  model: tf.LayersModel,
  inputs: Value[],
  within: tf.layers.Layer[],
): Value[] {
  if (model instanceof tf.Sequential) {
    return model.layers
      .filter((layer) => !isInput(layer))
      .reduce((values, layer) => follow(calls, layer, values, 1, within), inputs);
  }
  const values = new Map<tf.SymbolicTensor, Value>();
  const set = (symbol: tf.SymbolicTensor, value: Value) => {
    value.symbols.push(symbol);
    values.set(symbol, value);
  };
  const get = (symbol: tf.SymbolicTensor) => values.get(symbol) as Value;

  for (const [i, symbol] of model.inputs.entries()) set(symbol, inputs[i]);
  for (const {outboundLayer, inputTensors, outputTensors} of nodesOf(model)) {
    if (isInput(outboundLayer)) continue;
    const given = inputTensors.map(get);
    const outputs = follow(calls, outboundLayer, given, outputTensors.length, within);
    for (const [i, symbol] of outputTensors.entries()) set(symbol, outputs[i]);
  }
  return model.outputs.map(get);
}

function newValue(): Value {
  return {symbols: []};
}
