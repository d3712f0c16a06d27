import * as tf from '@tensorflow/tfjs';
import {DTPBranch} from '../layers/branch';
import type {MergeName} from '../merges/index';
import {copyLayer, type Description} from './copy_layer';
import {copyWeights} from './copy_weights';
import {isInput, isTimeDistributed, type Node, nodesOf} from './trace';

/** What shall differ in the copy of a model. */
export interface Changes {
  /** The function that asks for the copy, for messages. */
  who: string;
  /** What the copy of a layer is made from. */
  describe(layer: tf.layers.Layer): Description;
  /** Whether a layer is left out: what uses its outputs then uses its input. */
  leavesOut(layer: tf.layers.Layer): boolean;
  /** How the branch merges that a tensor with several uses gets; null for no branch. */
  mergeAt(symbol: tf.SymbolicTensor): MergeName | null;
}

/**
 * Copies a model, with changes: same graph, names, weights and trainable flags, in variables of its
 * own. A layer that is shared, also between nested models, is shared in the copy.
 *
 * Not by way of a model's JSON, where tfjs loses flags of nested models, the sharing between them,
 * and for some graphs the order in which a layer is used.
 *
 * @throws Error that names the layer that cannot be copied. Nothing is left behind then.
 */
export function rebuild(model: tf.LayersModel, changes: Changes): tf.LayersModel {
  const before = new Set(variables());
  const copies: Copies = new Map();
  try {
    for (const nested of nestedSequentials(model)) copyOf(nested, changes, copies);
    const copy = copyOf(model, changes, copies) as tf.LayersModel;
    // The flag of a model sets those of its layers' weights, so it comes before them.
    for (const [layer, twin] of copies) {
      if (twin.trainable !== layer.trainable) twin.trainable = layer.trainable;
    }
    for (const [layer, twin] of copies) {
      const hasOwnWeights = !(layer instanceof tf.LayersModel || isTimeDistributed(layer));
      if (hasOwnWeights) copyWeights(changes.who, layer, twin);
    }
    const metadata = model.getUserDefinedMetadata();
    if (metadata != null) copy.setUserDefinedMetadata(metadata);
    return copy;
  } catch (error) {
    for (const variable of variables()) if (!before.has(variable)) variable.dispose();
    throw error;
  }
}

/**
 * The sequential models in a model, in the order in which they were made: a layer that is the first of one
 * and stands in others as well brings the input of its first use with it.
 */
function nestedSequentials(model: tf.LayersModel): tf.Sequential[] {
  const inner = (layer: tf.layers.Layer): tf.layers.Layer[] =>
    layer instanceof tf.LayersModel
      ? layer.layers.flatMap((each) => [each, ...inner(each)])
      : isTimeDistributed(layer)
        ? [layer.layer, ...inner(layer.layer)]
        : [];
  const madeAt = ({layers: [first]}: tf.Sequential) => first.inboundNodes[0].id;
  return inner(model)
    .filter((layer): layer is tf.Sequential => layer instanceof tf.Sequential)
    .sort((one, other) => madeAt(one) - madeAt(other));
}

type Copies = Map<tf.layers.Layer, tf.layers.Layer>;

function variables(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

function copyOf(layer: tf.layers.Layer, changes: Changes, copies: Copies): tf.layers.Layer {
  const known = copies.get(layer);
  if (known !== undefined) return known;
  const copy = make(layer, changes, copies);
  copies.set(layer, copy);
  return copy;
}

function make(layer: tf.layers.Layer, changes: Changes, copies: Copies): tf.layers.Layer {
  if (layer instanceof tf.Sequential) {
    const layers = layer.layers.map((each) => copyOf(each, changes, copies));
    return new (layer.constructor as typeof tf.Sequential)({name: layer.name, layers});
  }
  if (layer instanceof tf.LayersModel) return copyGraph(layer, changes, copies);
  if (isTimeDistributed(layer)) {
    const inner = copyOf(layer.layer, changes, copies);
    return new (layer.constructor as LayerClass)({...layer.getConfig(), layer: inner});
  }
  return copyLayer(changes.who, layer, changes.describe(layer));
}

type LayerClass = new (args: object) => tf.layers.Layer;

function copyGraph(model: tf.LayersModel, changes: Changes, copies: Copies): tf.LayersModel {
  const nodes = nodesOf(model).filter(({outboundLayer}) => !changes.leavesOut(outboundLayer));
  const source = (symbol: tf.SymbolicTensor) => sourceOf(symbol, changes);
  const used = [...nodes.flatMap(inputsOf), ...model.outputs].map(source);
  const names = new Set(model.layers.map(({name}) => name));
  /** By tensor, what its uses take: one for all of them, or an arm each, in their order. */
  const copied = new Map<tf.SymbolicTensor, tf.SymbolicTensor[]>();
  const take = (symbol: tf.SymbolicTensor) => {
    const arms = copied.get(source(symbol)) as tf.SymbolicTensor[];
    return arms.length === 1 ? arms[0] : (arms.shift() as tf.SymbolicTensor);
  };

  for (const node of nodes) {
    const results = use(node, take, copyOf(node.outboundLayer, changes, copies));
    for (const [i, symbol] of node.outputTensors.entries()) {
      const branches = used.filter((each) => each === symbol).length;
      const merge = branches > 1 ? changes.mergeAt(symbol) : null;
      if (merge === null) {
        copied.set(symbol, [results[i]]);
      } else {
        const name = newName(`${node.outboundLayer.name}_branch`, names);
        copied.set(symbol, [...new DTPBranch({branches, merge, name}).apply(results[i])]);
      }
    }
  }
  return new (model.constructor as typeof tf.LayersModel)({
    inputs: model.inputs.flatMap(({sourceLayer}) => copyOf(sourceLayer, changes, copies).output),
    outputs: model.outputs.map(take),
    name: model.name,
  });
}

/** What a use of a layer takes; tfjs notes the tensor of an input layer as its own input. */
function inputsOf({outboundLayer, inputTensors}: Node): tf.SymbolicTensor[] {
  return isInput(outboundLayer) ? [] : inputTensors;
}

/** The tensor that is used in place of one that comes from a layer which is left out. */
function sourceOf(symbol: tf.SymbolicTensor, changes: Changes): tf.SymbolicTensor {
  const {sourceLayer, nodeIndex} = symbol;
  if (!changes.leavesOut(sourceLayer)) return symbol;
  return sourceOf(sourceLayer.inboundNodes[nodeIndex].inputTensors[0], changes);
}

/** Uses the copy of a layer as the layer itself is used. */
function use(
  node: Node,
  take: (symbol: tf.SymbolicTensor) => tf.SymbolicTensor,
  copy: tf.layers.Layer,
): tf.SymbolicTensor[] {
  if (isInput(copy)) return [copy.output].flat();
  const inputs = inputsOf(node).map(take);
  const kwargs = withoutTensors(node.callArgs);
  return [
    copy.apply(inputs.length === 1 ? inputs[0] : inputs, kwargs),
  ].flat() as tf.SymbolicTensor[];
}

/**
 * The keyword arguments of a use. Of the tensors in them, the symbolic ones are inputs as well, and
 * others are what tfjs left there when it last ran.
 */
function withoutTensors(callArgs: Node['callArgs'] = {}) {
  const isTensor = (value: unknown) =>
    value instanceof tf.SymbolicTensor || value instanceof tf.Tensor;
  return Object.fromEntries(
    Object.entries(callArgs ?? {}).filter(([, value]) => ![value].flat().some(isTensor)),
  );
}

function newName(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let i = 1; names.has(name); i++) name = `${wanted}_${i}`;
  names.add(name);
  return name;
}
