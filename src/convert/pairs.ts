import type * as tf from '@tensorflow/tfjs';

/** The layer classes that have a paired one: class names as tfjs has them registered. */
export const pairs: Readonly<Record<string, string>> = {
  Dense: 'DTPDense',
  Conv1D: 'DTPConv1D',
  Conv2D: 'DTPConv2D',
  Conv2DTranspose: 'DTPConv2DTranspose',
  DepthwiseConv2D: 'DTPDepthwiseConv2D',
  SeparableConv2D: 'DTPSeparableConv2D',
};

/** The paired class of a stock class; undefined if it has none. */
export function pairedClass(stock: string): string | undefined {
  return Object.hasOwn(pairs, stock) ? pairs[stock] : undefined;
}

/** The stock class of a paired class; undefined if it is not one. */
export function stockOf(paired: string): string | undefined {
  return Object.keys(pairs).find((stock) => pairs[stock] === paired);
}

export function isPaired(layer: tf.layers.Layer): boolean {
  return stockOf(layer.getClassName()) !== undefined;
}
