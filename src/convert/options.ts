import type * as tf from '@tensorflow/tfjs';
import type {DecoderArgs} from '../layers/paired_layer';
import {type MergeName, merges} from '../merges/index';
import {assertFields} from '../messages/assert_fields';
import {isRecord} from '../messages/is_object';
import {show} from '../messages/show';

/**
 * Which layers: the name of a layer, of a class such as `'Dense'`, or of a nested model, for all in
 * it; several of these; or a function, which is asked about every layer that can be paired.
 */
export type LayerSelection = string | string[] | ((layer: tf.layers.Layer) => boolean);

/** The settings of `dtp.convert`, every field optional. */
export interface ConvertOptions {
  /** The layers to pair. @defaultValue all that can be */
  include?: LayerSelection;
  /** The layers not to pair, of those; they train by ordinary gradients. @defaultValue none */
  exclude?: LayerSelection;
  /**
   * The decoder of every paired layer with weights below it.
   *
   * @defaultValue that of a layer that is paired already; `{}`, a linear one, of others
   */
  decoder?: DecoderArgs;
  /**
   * The decoders of some layers, in place of `decoder`, by the name of the layer or of the class;
   * the name of the layer counts for more. `false` for a layer that needs none.
   *
   * @example
   * {decoders: {Dense: {architecture: 'mirror'}, bottleneck: {architecture: 'mlp', hidden: [64]}}}
   */
  decoders?: Record<string, DecoderArgs | false>;
  /**
   * How fan-outs merge their targets; one of `dtp.merges`, or false for no branches.
   *
   * @defaultValue 'measured'
   */
  branches?: MergeName | false;
}

/**
 * Checks the options.
 *
 * @throws TypeError or RangeError that names the field, its value and what is valid.
 */
export function assertOptions(options: unknown): asserts options is ConvertOptions {
  assertFields('dtp.convert', 'options', options, Object.keys(fields));
  for (const [field, value] of Object.entries(options)) {
    const {isValid, expected} = fields[field as keyof ConvertOptions];
    if (value !== undefined && !isValid(value)) {
      throw new RangeError(
        `dtp.convert: options.${field} is ${show(value)}, expected ${expected}.`,
      );
    }
  }
}

const selection = {
  isValid: (value: unknown) =>
    typeof value === 'function' || [value].flat().every((name) => typeof name === 'string'),
  expected: 'names of layers or classes, or a function of a layer',
};

const fields: Record<
  keyof ConvertOptions,
  {isValid: (value: unknown) => boolean; expected: string}
> = {
  include: selection,
  exclude: selection,
  decoder: {isValid: isRecord, expected: 'the settings of a decoder, such as {}'},
  decoders: {
    isValid: (value) =>
      isRecord(value) && Object.values(value).every((of) => of === false || isRecord(of)),
    expected:
      'settings of decoders, or false, by the name of a layer or class, such as {Dense: {}}',
  },
  branches: {
    isValid: (value) => value === false || Object.hasOwn(merges, value as string),
    get expected() {
      // Users may have added to the table.
      return `false or one of '${Object.keys(merges).join("', '")}'`;
    },
  },
};
