import * as tf from '@tensorflow/tfjs';
import type {DecoderArgs} from './paired_layer';
import {stockClass} from './stock_class';

type Initializer = ReturnType<typeof tf.initializers.zeros>;

/**
 * Where a decoder's kernel starts. tfjs does not export the reading of initializer names, but a
 * layer does it.
 */
export function decoderInitializer(
  layer: string,
  {kernelInitializer = 'zeros'}: DecoderArgs,
): Initializer {
  type Dense = new (args: object) => {kernelInitializer: Initializer};
  const Dense = stockClass<Dense>('Dense');
  return new Dense({units: 1, name: `${layer}_decoder`, kernelInitializer}).kernelInitializer;
}

/** Where the power method of a decoder starts: not at 0, from which it would never leave. */
export function directionInitializer() {
  return tf.initializers.randomNormal({seed: 1});
}
