import * as tf from '@tensorflow/tfjs';
import {DTPBranch} from '../layers/branch';
import type {DecoderArgs} from '../layers/paired_layer';
import {assertModel} from './assert_model';
import {layersAboveWeights} from './flow';
import {ownWeights} from './own_weights';
import {isPaired, pairedClass} from './pairs';
import {isInput, isTimeDistributed, trace} from './trace';

/**
 * Prints what trains the layers of a model under `DTPOptimizer`, and why: a line for each layer,
 * those of a nested model indented below it. The counterpart of tfjs's `model.summary()`.
 *
 * @example
 * dtp.summary(dtp.convert(model));
 *
 * @param model Paired or not.
 * @param lineLength Characters of a line.
 * @param positions Where the columns end: in characters, or, if the last is at most 1, as parts of
 * a line.
 * @param printFn What is called with every line.
 * @throws TypeError if `model` is no layers model; Error if it is disposed, or if two of its layers
 * have one name.
 */
export function summary(
  model: tf.LayersModel,
  lineLength = 120,
  positions = [0.44, 0.515, 0.59, 1],
  printFn: (line: string) => void = console.log,
): void {
  assertModel('dtp.summary', model);
  const rows = rowsOf(model.layers, !model.trainable, '', layersAboveWeights(trace(model)));
  const areParts = (positions.at(-1) as number) <= 1;
  const ends = positions.map((end) => (areParts ? Math.floor(lineLength * end) : end));
  const print = (...fields: unknown[]) => printFn(columns(fields.map(String), ends));

  printFn('_'.repeat(lineLength));
  print('Layer (type)', 'Params', 'Decoder', 'Trained by');
  printFn('='.repeat(lineLength));
  for (const {title, layer, training} of rows) {
    if (training === null) print(title);
    else print(title, ownParams(layer), decoderParams(layer), training.text);
  }
  printFn('='.repeat(lineLength));
  for (const [by, title] of Object.entries(totals)) {
    const layers = distinct(rows.filter(({training}) => training?.by === by));
    printFn(`${title}: ${total(layers, ownParams)} (layers: ${layers.length})`);
  }
  printFn(`Params of decoders: ${total(distinct(rows), decoderParams)}`);
  printFn('_'.repeat(lineLength));
}

const totals = {
  targets: 'Params trained by targets',
  gradients: 'Params trained by ordinary gradients',
  nothing: 'Params not trained',
};

interface Row {
  title: string;
  layer: tf.layers.Layer;
  /** What trains it; null for what only holds other layers. */
  training: {by: keyof typeof totals | null; text: string} | null;
}

function rowsOf(
  layers: tf.layers.Layer[],
  isFrozen: boolean,
  indent: string,
  aboveWeights: Set<tf.layers.Layer>,
): Row[] {
  return layers
    .filter((layer) => !isInput(layer))
    .flatMap((layer) => {
      const title = `${indent}${layer.name} (${layer.getClassName()})`;
      const frozen = isFrozen || !layer.trainable;
      const inside = heldBy(layer);
      if (inside !== null) {
        const rows = rowsOf(inside, frozen, `${indent}  `, aboveWeights);
        return [{title, layer, training: null}, ...rows];
      }
      return [{title, layer, training: trainingOf(layer, frozen, aboveWeights.has(layer))}];
    });
}

/** The layers of a nested model or of a wrapper; null for any other layer. */
function heldBy(layer: tf.layers.Layer): tf.layers.Layer[] | null {
  if (layer instanceof tf.LayersModel) return layer.layers;
  return isTimeDistributed(layer) ? [layer.layer] : null;
}

function trainingOf(
  layer: tf.layers.Layer,
  isFrozen: boolean,
  isAboveWeights: boolean,
): Row['training'] {
  const {decoder, branches, merge} = layer.getConfig();
  const className = layer.getClassName();
  if (className === DTPBranch.className) {
    return {by: null, text: `no weights; merges targets of ${branches} ways (${merge})`};
  }
  if (layer.weights.length === 0) return {by: null, text: 'no weights'};
  const frozen = isFrozen || layer.trainableWeights.length === 0;
  if (isPaired(layer)) {
    const text = decoderText(layer, decoder as DecoderArgs | false, isAboveWeights);
    return frozen
      ? {by: 'nothing', text: `nothing: frozen; ${text}`}
      : {by: 'targets', text: `targets; ${text}`};
  }
  if (frozen) return {by: 'nothing', text: 'nothing: frozen'};
  const hasPair = pairedClass(className) !== undefined;
  const why = hasPair ? 'dtp.convert can pair it' : 'no paired class';
  return {by: 'gradients', text: `ordinary gradients; ${why}`};
}

function decoderText(
  layer: tf.layers.Layer,
  decoder: DecoderArgs | false,
  isAboveWeights: boolean,
): string {
  if (decoder !== false) return `${decoder.architecture ?? 'linear'} decoder`;
  // A separable convolution leaves out only that of its first map.
  const left = decoderParams(layer) > 0 ? 'pointwise decoder alone' : 'no decoder';
  return isAboveWeights ? left : `${left}, only data below`;
}

function ownParams(layer: tf.layers.Layer): number {
  const sizes = ownWeights(layer).map(({shape}) => tf.util.sizeFromShape(shape as number[]));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function decoderParams(layer: tf.layers.Layer): number {
  return isPaired(layer) ? layer.countParams() - ownParams(layer) : 0;
}

/** A layer that nested models share has a line in each, and is counted once. */
function distinct(rows: Row[]): tf.layers.Layer[] {
  return [...new Set(rows.filter(({training}) => training).map(({layer}) => layer))];
}

function total(layers: tf.layers.Layer[], params: (layer: tf.layers.Layer) => number): number {
  return layers.reduce((sum, layer) => sum + params(layer), 0);
}

/** A line of columns that end at these places; what is too long for a column is cut off. */
function columns(fields: string[], ends: number[]): string {
  return fields
    .reduce((line, field, i) => `${line}${field}`.slice(0, ends[i] - 1).padEnd(ends[i]), '')
    .trimEnd();
}
