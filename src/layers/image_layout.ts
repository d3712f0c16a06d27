import type * as tf from '@tensorflow/tfjs';

/**
 * How a tensor of images lies in memory, and how to bring it to `[batch, height, width, channels]`.
 */
export interface ImageLayout {
  arrange(t: tf.Tensor): tf.Tensor4D;
  restore(images: tf.Tensor): tf.Tensor;
  /** Height and width of a tensor of a shape in this layout. */
  size(shape: number[]): [number, number];
}

export type DataFormat = 'channelsLast' | 'channelsFirst';

export const images: Record<DataFormat, ImageLayout> = {
  channelsLast: {
    arrange: (t) => t as tf.Tensor4D,
    restore: (t) => t,
    size: ([, height, width]) => [height, width],
  },
  channelsFirst: {
    arrange: (t) => t.transpose([0, 2, 3, 1]),
    restore: (t) => t.transpose([0, 3, 1, 2]),
    size: ([, , height, width]) => [height, width],
  },
};

/** Sequences as images of height 1. */
export const sequences: Record<DataFormat, ImageLayout> = {
  channelsLast: {
    arrange: (t) => t.expandDims(1),
    restore: (t) => t.squeeze([1]),
    size: ([, length]) => [1, length],
  },
  channelsFirst: {
    arrange: (t) => t.transpose([0, 2, 1]).expandDims(1),
    restore: (t) => t.squeeze([1]).transpose([0, 2, 1]),
    size: ([, , length]) => [1, length],
  },
};
