import type * as tf from '@tensorflow/tfjs';
import type {Call, Value} from './trace';

/** The tensors with weights below them, trained or not. */
export function weightsBelow(calls: Call[]): Set<Value> {
  const found = new Set<Value>();
  for (const {layer, inputs, outputs} of calls) {
    if (layer.weights.length === 0 && !inputs.some((x) => found.has(x))) continue;
    for (const y of outputs) found.add(y);
  }
  return found;
}

/** The tensors with any of these layers above them. */
export function below(calls: Call[], layers: Set<tf.layers.Layer>): Set<Value> {
  const found = new Set<Value>();
  for (const {layer, inputs, outputs} of [...calls].reverse()) {
    if (!layers.has(layer) && !outputs.some((y) => found.has(y))) continue;
    for (const x of inputs) found.add(x);
  }
  return found;
}

/** The layers with weights below them at any of their uses. */
export function layersAboveWeights(calls: Call[]): Set<tf.layers.Layer> {
  const fed = weightsBelow(calls);
  const calledOnFed = calls.filter(({inputs}) => inputs.some((x) => fed.has(x)));
  return new Set(calledOnFed.map(({layer}) => layer));
}
