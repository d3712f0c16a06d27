import * as tf from '@tensorflow/tfjs';
import {isObject} from '../messages/is_object';
import {show} from '../messages/show';

/**
 * Checks that something is a model of layers that can still be used.
 *
 * @throws TypeError if it is not a `tf.LayersModel` of this copy of TensorFlow.js; Error if it is
 * disposed, or if two of its layers have one name.
 */
export function assertModel(who: string, model: unknown): asserts model is tf.LayersModel {
  if (!(model instanceof tf.LayersModel)) {
    throw new TypeError(`${who}: got ${given(model)}, expected a tf.LayersModel. ${advice(model)}`);
  }
  const disposed = model.weights.some((weight) => (weight as unknown as Holder).val.isDisposed);
  if (disposed) {
    throw new Error(
      `${who}: the model "${model.name}" is disposed, expected one that is in use. ` +
        'Call it before model.dispose().',
    );
  }
  assertDistinctNames(who, model);
}

/**
 * What tfjs's LayerVariable has, beyond its public declaration: `read` throws once it is disposed.
 */
interface Holder {
  val: tf.Variable;
}

/** tfjs itself finds out about a sequential model only once that is compiled. */
function assertDistinctNames(who: string, model: tf.LayersModel): void {
  const names = model.layers.map(({name}) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new Error(
      `${who}: the model "${model.name}" has two layers of the name "${twice}", expected distinct ` +
        'names. Give one of them another name where it is made.',
    );
  }
  for (const layer of model.layers) {
    if (layer instanceof tf.LayersModel) assertDistinctNames(who, layer);
  }
}

function given(model: unknown): string {
  if (!isObject(model)) return show(model);
  const name = model.constructor?.name ?? 'Object';
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function advice(model: unknown): string {
  if (typeof model === 'string') return 'Load it: await tf.loadLayersModel(...).';
  if (model instanceof Promise) return 'Await it: await tf.loadLayersModel(...).';
  if (model instanceof tf.GraphModel) {
    return (
      'A graph model has operations, but no layers that could be paired. Take the model in the ' +
      'layers format and load it by tf.loadLayersModel.'
    );
  }
  const ofAnotherCopy = Array.isArray(
    (model as Partial<tf.LayersModel> | undefined | null)?.layers,
  );
  return ofAnotherCopy
    ? `It has layers, but is not of the TensorFlow.js (${tf.version.tfjs}) which tfjs-dtp uses. Two ` +
        'copies of @tensorflow/tfjs are loaded: make `npm ls @tensorflow/tfjs` show one version ' +
        '(`npm dedupe`), and import it in one way only (import or require).'
    : 'Make one by tf.sequential, tf.model or tf.loadLayersModel.';
}
