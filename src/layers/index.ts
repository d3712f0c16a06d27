import * as tf from '@tensorflow/tfjs';
import {DTPBranch, type DTPBranchArgs} from './branch';
import {DTPConv1D, type DTPConv1DArgs} from './conv1d';
import {DTPConv2D, type DTPConv2DArgs} from './conv2d';
import {DTPConv2DTranspose, type DTPConv2DTransposeArgs} from './conv2d_transpose';
import {DTPDense, type DTPDenseArgs} from './dense';
import {DTPDepthwiseConv2D, type DTPDepthwiseConv2DArgs} from './depthwise_conv2d';
import {DTPSeparableConv2D, type DTPSeparableConv2DArgs} from './separable_conv2d';

/** The layer classes; `tf.loadLayersModel` finds them by their class names. */
const classes = {
  DTPBranch,
  DTPConv1D,
  DTPConv2D,
  DTPConv2DTranspose,
  DTPDense,
  DTPDepthwiseConv2D,
  DTPSeparableConv2D,
};

for (const layerClass of Object.values(classes)) tf.serialization.registerClass(layerClass);

/**
 * Layers paired with a learned inverse (tfjs's own arguments, and `decoder`), and the branch. Their
 * classes say what they compute and throw.
 */
export const layers = {
  /**
   * A dense layer with a learned inverse: {@link DTPDense}.
   *
   * @example
   * dtp.layers.dense({units: 10, activation: 'softmax'})
   */
  dense: (args: DTPDenseArgs) => new DTPDense(args ?? {}),
  /**
   * A convolution over images with a learned inverse: {@link DTPConv2D}.
   *
   * @example
   * dtp.layers.conv2d({filters: 16, kernelSize: 5, padding: 'same', activation: 'relu'})
   */
  conv2d: (args: DTPConv2DArgs) => new DTPConv2D(args ?? {}),
  /** A convolution over sequences with a learned inverse: {@link DTPConv1D}. */
  conv1d: (args: DTPConv1DArgs) => new DTPConv1D(args ?? {}),
  /** A convolution of each channel by itself with a learned inverse: {@link DTPDepthwiseConv2D}. */
  depthwiseConv2d: (args: DTPDepthwiseConv2DArgs) => new DTPDepthwiseConv2D(args ?? {}),
  /** A depthwise and a pointwise convolution, each with a learned inverse: {@link DTPSeparableConv2D}. */
  separableConv2d: (args: DTPSeparableConv2DArgs) => new DTPSeparableConv2D(args ?? {}),
  /** A transposed convolution with a learned inverse: {@link DTPConv2DTranspose}. */
  conv2dTranspose: (args: DTPConv2DTransposeArgs) => new DTPConv2DTranspose(args ?? {}),
  /**
   * One input that goes several ways, the identity on each, where targets are merged:
   * {@link DTPBranch}.
   *
   * @example
   * const [main, skip] = dtp.layers.branch({branches: 2}).apply(x);
   */
  branch: (args: DTPBranchArgs) => new DTPBranch(args ?? {}),
};
