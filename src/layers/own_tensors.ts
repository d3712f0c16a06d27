import * as tf from '@tensorflow/tfjs';
import {isObject} from '../messages/is_object';
import {show} from '../messages/show';

/**
 * Checks that what a layer is applied to comes from the copy of TensorFlow.js that this package
 * uses: layers of one copy take the tensors of another for something else, with obscure errors.
 *
 * @throws Error that says how to have one copy, if the inputs are of another.
 */
export function assertOwnTensors(who: string, inputs: unknown): void {
  for (const input of Array.isArray(inputs) ? inputs : [inputs]) {
    if (input instanceof tf.SymbolicTensor || input instanceof tf.Tensor) continue;
    if (!(isObject(input) && 'shape' in input)) {
      throw new TypeError(
        `${who}: applied to ${show(input)}, expected a tensor or what a layer returns. Pass ` +
          'layer.apply(x), not the layer, and tf.tensor(...) of plain numbers.',
      );
    }
    const given = input.constructor.name;
    throw new Error(
      `${who}: applied to a ${given} that is not of the TensorFlow.js (${tf.version.tfjs}) which ` +
        'tfjs-dtp uses. Two copies of @tensorflow/tfjs are loaded: make `npm ls @tensorflow/tfjs` ' +
        'show one version (`npm dedupe`), and import it in one way only (import or require).',
    );
  }
}
