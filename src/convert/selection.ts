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
 * @param field The option, for messages.
 * @throws RangeError if it names nothing in the model, or nothing that can be paired.
 */
export function selected(
  calls: Call[],
  field: string,
  selection: LayerSelection,
): Set<tf.layers.Layer> {
  const pairable = calls.filter(({layer}) => pairableClass(layer) !== undefined);
  if (typeof selection === 'function') {
    return new Set(pairable.map(({layer}) => layer).filter((layer) => selection(layer)));
  }
  const found = [selection].flat().flatMap((name) => {
    const named = calls.filter((call) => namesOf(call).includes(name));
    const ofUse = named.filter((call) => pairable.includes(call));
    if (ofUse.length === 0) throw new RangeError(selectsNothing(calls, field, name, named));
    return ofUse;
  });
  return new Set(found.map(({layer}) => layer));
}

function namesOf({layer, within}: Call): string[] {
  return [...layerNames(layer), ...within.map(({name}) => name)];
}

/** The names by which options may speak of a layer: its own, and its class. */
export function layerNames(layer: tf.layers.Layer): string[] {
  return [layer.name, pairableClass(layer) ?? layer.getClassName()];
}

function selectsNothing(calls: Call[], field: string, name: string, named: Call[]): string {
  const who = `dtp.convert: options.${field} names "${name}"`;
  if (named.length === 0) {
    const names = [...new Set(calls.map(({layer}) => `${layer.name} (${layerNames(layer)[1]})`))];
    return `${who}, expected the name of a layer, of a class or of a nested model. There are ${names.join(', ')}.`;
  }
  const classes = [...new Set(named.map(({layer}) => layer.getClassName()))].join(', ');
  return (
    `${who}, of the class ${classes}, which has no paired class. Leave it out of ${field}: it ` +
    `trains by ordinary gradients. Layers that can be paired: ${Object.keys(pairs).join(', ')}.`
  );
}
