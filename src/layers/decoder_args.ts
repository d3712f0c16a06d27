import {type DecoderArchitectureName, decoderArchitectures} from '../decoders/architectures/index';
import {isRecord} from '../messages/is_object';
import {show} from '../messages/show';
import type {DecoderArgs} from './paired_layer';

/**
 * Checks the decoder settings of a layer.
 *
 * @param who The class and the name of the layer.
 * @param architectures What the layer can have.
 * @throws TypeError or RangeError that names the layer, the field, its value and what is valid.
 */
export function assertDecoderArgs(
  who: string,
  decoder: unknown,
  architectures = Object.keys(decoderArchitectures),
): asserts decoder is DecoderArgs | false {
  const valid = 'expected false or {architecture?, hidden?, kernelInitializer?}';
  const given = show(decoder);
  if (decoder === false) return;
  if (!isRecord(decoder)) {
    throw new TypeError(`${who}: decoder is ${given}, ${valid}.`);
  }
  for (const field of Object.keys(decoder)) {
    if (!['architecture', 'hidden', 'kernelInitializer'].includes(field)) {
      throw new TypeError(`${who}: decoder has no field "${field}", ${valid}.`);
    }
  }
  const {architecture = 'linear', hidden, kernelInitializer} = decoder as DecoderArgs;
  if (kernelInitializer !== undefined && typeof kernelInitializer !== 'string') {
    throw new TypeError(
      `${who}: decoder.kernelInitializer is ${show(kernelInitializer)}, expected the ` +
        "name of an initializer of TensorFlow.js, such as 'zeros' or 'glorotUniform', as a saved model has only that.",
    );
  }
  if (!architectures.includes(architecture)) {
    const names = architectures.join("', '");
    throw new RangeError(
      `${who}: decoder.architecture is ${show(architecture)}, expected one of '${names}'.`,
    );
  }
  if (hidden === undefined) return;
  const hiddenGiven = `${who}: decoder.hidden is ${show(hidden)}`;
  const takesHidden = (name: DecoderArchitectureName) => decoderArchitectures[name].takesHidden;
  if (!takesHidden(architecture)) {
    const others = (architectures as DecoderArchitectureName[]).filter(takesHidden);
    const instead = others.map((name) => `use architecture '${name}', or `).join('');
    throw new RangeError(
      `${hiddenGiven} with architecture '${architecture}', which has no hidden layers: ` +
        `${instead}leave hidden out.`,
    );
  }
  const isWidth = (width: unknown) => Number.isSafeInteger(width) && (width as number) >= 1;
  if (!Array.isArray(hidden) || hidden.length === 0 || !hidden.every(isWidth)) {
    throw new RangeError(
      `${hiddenGiven}, expected an array of whole numbers ≥ 1, one for each layer.`,
    );
  }
}

/** A copy of settings, which are plain JSON: whoever gives or gets them may change theirs. */
export function copyOf(decoder: DecoderArgs | false): DecoderArgs | false {
  return JSON.parse(JSON.stringify(decoder));
}

/** What a layer with `decoder: false` says where a target is to go through it. */
export function missingDecoder(who: string): Error {
  return new Error(
    `${who}: has no decoder (decoder: false), but layers below it are trained and need a target. ` +
      'Keep decoder: false for layers whose input is the data, and remove it here. Of a model that is used on top of ' +
      'another, dtp.convert did not know: convert both as one, or give the layer one by its name, ' +
      'dtp.convert(model, {decoders: {[name]: {}}}).',
  );
}
