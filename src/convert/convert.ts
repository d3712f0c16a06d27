import type * as tf from '@tensorflow/tfjs';
import type {DecoderArgs} from '../layers/paired_layer';
import {defaultMerge} from '../merges/index';
import {assertModel} from './assert_model';
import {type Description, described} from './copy_layer';
import {below, layersAboveWeights, weightsBelow} from './flow';
import {assertOptions, type ConvertOptions} from './options';
import {isPaired, pairs} from './pairs';
import {rebuild} from './rebuild';
import {layerNames, pairableClass, selected} from './selection';
import {type Call, trace} from './trace';

/**
 * Makes a model trainable by `DTPOptimizer`: a copy in which layers are paired with decoders and
 * fan-outs are marked by branches, with the same weights and, to the last bit, the same
 * predictions.
 *
 * Sequential, functional and nested models, shared layers, several inputs and outputs. Layers whose
 * class has no paired one stay as they are and train by ordinary gradients (`dtp.summary` says
 * which). The model given is only read: it stays usable, and the copy has variables of its own.
 * Names, trainable flags and metadata are kept; what `compile` has set is not, so compile the copy.
 * Stateful recurrent layers start anew.
 *
 * **Decoders.** A layer gets one where weights lie below it at any of its uses, trainable or not,
 * so that layers may be frozen and thawed between compiles; where only data does, `decoder: false`.
 *
 * **Branches.** A tensor with several uses, one of which may be to be an output of the model, gets
 * a `DTPBranch` named `<layer>_branch` where weights lie below it and paired layers above:
 * elsewhere no targets come back, or gradients, which do add up. `outputNames` stay, but after
 * saving and loading an output that is used further goes by the name of its branch.
 *
 * Layers that are paired already stay so, with their decoders; converting twice changes nothing. To
 * exclude one, convert what `dtp.revert` makes of the model.
 *
 * @example
 * const model = dtp.convert(await tf.loadLayersModel(url));
 * model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'categoricalCrossentropy'});
 *
 * @param model Borrowed.
 * @param options Which layers to pair, their decoders, and how fan-outs merge.
 * @returns A model of the same kind (`tf.Sequential`, `tf.LayersModel`), the caller's to dispose.
 * @throws TypeError if `model` is no layers model or an option is unknown; RangeError if an option
 * is not valid or names nothing in the model; Error if no layer can be paired, a class is not
 * registered or does not take its configuration, two layers have one name, or the model is
 * disposed. No tensor is left behind then.
 */
export function convert<Model extends tf.LayersModel>(
  model: Model,
  options: ConvertOptions = {},
): Model {
  assertModel('dtp.convert', model);
  assertOptions(options);
  const calls = trace(model);
  const paired = pairedLayers(calls, options);
  const aboveWeights = layersAboveWeights(calls);
  const marked = fanOutsToMark(calls, paired);
  const {branches = defaultMerge} = options;
  const converted = rebuild(model, {
    who: 'dtp.convert',
    describe: (layer) =>
      paired.has(layer) ? pair(layer, aboveWeights.has(layer), options) : described(layer),
    leavesOut: () => false,
    mergeAt: (symbol) => (branches !== false && marked.has(symbol) ? branches : null),
  });
  // A branch before an output would name it.
  converted.outputNames = [...model.outputNames];
  return converted as Model;
}

/** The layers that will be paired, those that are included. */
function pairedLayers(
  calls: Call[],
  {include = () => true, exclude = () => false, decoders = {}}: ConvertOptions,
): Set<tf.layers.Layer> {
  const included = selected(calls, 'include', include);
  const excluded = selected(calls, 'exclude', exclude);
  const layers = [...new Set(calls.map(({layer}) => layer))];
  const already = layers.find((layer) => isPaired(layer) && excluded.has(layer));
  if (already !== undefined) {
    throw new RangeError(
      `dtp.convert: options.exclude means "${already.name}", which is paired already, expected layers that are not. ` +
        'Exclude it where the stock model is converted, or convert dtp.revert(model).',
    );
  }
  const paired = layers.filter(
    (layer) => isPaired(layer) || (included.has(layer) && !excluded.has(layer)),
  );
  if (paired.length === 0) throw new Error(nothingPaired(calls));
  for (const name of Object.keys(decoders)) {
    if (paired.some((layer) => layerNames(layer).includes(name))) continue;
    const names = paired.map((layer) => layerNames(layer).join(' (')).join('), ');
    throw new RangeError(
      `dtp.convert: options.decoders names "${name}", expected a layer that is paired, or its ` +
        `class. There are ${names}).`,
    );
  }
  return new Set(paired);
}

function nothingPaired(calls: Call[]): string {
  if (calls.length === 0) {
    return 'dtp.convert: the model has no layers, expected at least one that can be paired. Add them first.';
  }
  const classes = [...new Set(calls.map(({layer}) => layer.getClassName()))];
  return (
    `dtp.convert: no layer of the model would be paired (its classes: ${classes.join(', ')}), ` +
    'expected at least one, as DTPOptimizer trains through paired layers. Those that can be: ' +
    `${Object.keys(pairs).join(', ')}. Include one, or train the model by an optimizer of tfjs.`
  );
}

/**
 * Where a branch has its place, if a tensor has several uses: weights below, paired layers above.
 */
function fanOutsToMark(calls: Call[], paired: Set<tf.layers.Layer>): Set<tf.SymbolicTensor> {
  const [fed, aimed] = [weightsBelow(calls), below(calls, paired)];
  const values = [...fed].filter((value) => aimed.has(value));
  return new Set(values.flatMap(({symbols}) => symbols));
}

/**
 * The paired form of a layer. What options say counts for more than what it has, if it is paired.
 */
function pair(
  layer: tf.layers.Layer,
  hasWeightsBelow: boolean,
  {decoder, decoders = {}}: ConvertOptions,
): Description {
  const stock = pairableClass(layer) as string;
  const {decoder: present = false, ...config} = described(layer).config;
  const given = (name: string) => (Object.hasOwn(decoders, name) ? decoders[name] : undefined);
  const fallback = hasWeightsBelow ? (given(stock) ?? decoder ?? (present || {})) : present;
  const chosen = (given(layer.name) ?? fallback) as DecoderArgs | false;
  return {
    className: pairs[stock],
    config: {...config, decoder: chosen as tf.serialization.ConfigDict | false},
  };
}
