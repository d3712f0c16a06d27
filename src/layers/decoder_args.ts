import {decoderArchitectures} from '../decoders/architectures/index';
import type {DecoderArgs} from './paired_layer';

/**
 * Checks the decoder settings of a layer.
 *
 * @throws TypeError or RangeError that names the layer, the field, its value and what is valid.
 */
export function assertDecoderArgs(
  layer: string,
  decoder: unknown,
): asserts decoder is DecoderArgs | false {
  const valid = 'expected false or {architecture?, hidden?, kernelInitializer?}';
  const given = JSON.stringify(decoder);
  if (decoder === false) return;
  if (typeof decoder !== 'object' || decoder === null || Array.isArray(decoder)) {
    throw new TypeError(`DTPDense "${layer}": decoder is ${given}, ${valid}.`);
  }
  for (const field of Object.keys(decoder)) {
    if (!['architecture', 'hidden', 'kernelInitializer'].includes(field)) {
      throw new TypeError(`DTPDense "${layer}": decoder has no field "${field}", ${valid}.`);
    }
  }
  const {architecture = 'linear', hidden} = decoder as DecoderArgs;
  if (!Object.hasOwn(decoderArchitectures, architecture)) {
    const names = Object.keys(decoderArchitectures).join("', '");
    throw new RangeError(
      `DTPDense "${layer}": decoder.architecture is '${architecture}', expected one of '${names}'.`,
    );
  }
  if (hidden === undefined) return;
  const who = `DTPDense "${layer}": decoder.hidden is ${JSON.stringify(hidden)}`;
  if (!decoderArchitectures[architecture].takesHidden) {
    throw new RangeError(
      `${who} with architecture '${architecture}', which has no hidden layers. ` +
        "Use architecture 'mlp', or leave hidden out.",
    );
  }
  const isWidth = (width: unknown) => Number.isSafeInteger(width) && (width as number) >= 1;
  if (!Array.isArray(hidden) || hidden.length === 0 || !hidden.every(isWidth)) {
    throw new RangeError(`${who}, expected an array of whole numbers ≥ 1, one for each layer.`);
  }
}
