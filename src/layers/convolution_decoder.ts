import * as tf from '@tensorflow/tfjs';
import {decoderArchitectures} from '../decoders/architectures/index';
import {identity} from '../decoders/nonlinearity';
import {decoderInitializer, directionInitializer} from './decoder_initializer';
import type {Decoder, DecoderArgs} from './paired_layer';

/**
 * The weights of the decoder of a convolution: V `[out, features]`, row o of which is the patch
 * that output channel o reconstructs, and c `[in]`.
 */
export function convolutionDecoder(
  layer: string,
  args: DecoderArgs | false,
  {features, out, inputs}: DecoderSizes,
  add: AddWeight,
): Decoder | null {
  if (args === false) return null;
  const {zeros, ones} = tf.initializers;
  return {
    hidden: [],
    kernel: add('kernel', [out, features], decoderInitializer(layer, args)),
    bias: add('bias', [inputs], zeros()),
    mobility: add('mobility', [inputs], ones()),
    direction: add('direction', [out, features], directionInitializer()),
    nonlinearities: [identity],
    reconstructs: decoderArchitectures.linear.reconstructs,
  };
}

/** The sizes of W and of x. */
export interface DecoderSizes {
  /** Rows of W: what one output sees of the input. */
  features: number;
  /** Output channels. */
  out: number;
  /** Input channels. */
  inputs: number;
}

/** Adds a weight to a layer. */
type AddWeight = (
  name: string,
  shape: number[],
  initializer: ReturnType<typeof tf.initializers.zeros>,
) => tf.LayerVariable;
