import type * as tf from '@tensorflow/tfjs';
import type {LayerSelection} from './options';
import {pairedClass, pairs, stockOf} from './pairs';
import type {Call} from './trace';

/** The stock class of a layer that can be paired, or is; undefined for any other layer. */
export function pairableClass(layer: tf.layers.Layer): string | undefined {
  const className = layer.getClassName();
  return pairedClass(className) === undefined ? stockOf(className) : className;
}

/**
 * The layers that a selection means, of those that can be paired.
 *
 * @throws RangeError if it names nothing in the model, or includes what cannot be paired.
 */
export function selected(
  calls: Call[],
  field: 'include' | 'exclude',
  selection: LayerSelection,
): Set<tf.layers.Layer> {
  if (typeof selection === 'function') {
    return new Set([...pairable(calls)].filter((layer) => selection(layer)));
  }
  const found = [selection].flat().flatMap((name) => {
    const named = calls.filter((call) => namesOf(call).includes(name));
    const isInVain = field === 'include' && pairable(named).size === 0;
    if (named.length === 0 || isInVain) throw new RangeError(inVain(calls, field, name, named));
    return named;
  });
  return pairable(found);
}

function pairable(calls: Call[]): Set<tf.layers.Layer> {
  const layers = calls.map(({layer}) => layer);
  return new Set(layers.filter((layer) => pairableClass(layer) !== undefined));
}

function namesOf({layer, within}: Call): string[] {
  return [...layerNames(layer), ...within.map(({name}) => name)];
}

/** The names by which options may speak of a layer: its own, and its class. */
export function layerNames(layer: tf.layers.Layer): string[] {
  return [layer.name, pairableClass(layer) ?? layer.getClassName()];
}

function inVain(calls: Call[], field: string, name: string, named: Call[]): string {
  const who = `dtp.convert: options.${field} names "${name}"`;
  if (named.length === 0) {
    const names = [...new Set(calls.map(({layer}) => `${layer.name} (${layerNames(layer)[1]})`))];
    return (
      `${who}, expected the name of a layer, of a class or of a nested model. There are ` +
      `${names.join(', ')}.`
    );
  }
  const classes = [...new Set(named.map(({layer}) => layer.getClassName()))].join(', ');
  return (
    `${who}, of the class ${classes}, which has no paired class. Leave it out: it ` +
    `trains by ordinary gradients. Layers that can be paired: ${Object.keys(pairs).join(', ')}.`
  );
}
