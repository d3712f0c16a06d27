import * as tf from '@tensorflow/tfjs';
import {composeKernel, type RunKernel} from './composed_kernel';

/**
 * Gives the wasm backend the gradients of a convolution, as convolutions by XNNPACK.
 *
 *     y[n, p, o] = Σ_k Σ_c x̂[n, s p + k, c] W[k, c, o]             x̂: the images padded
 *     dW[k, c, o] = Σ_p Σ_n x̂[n, s p + k, c] dy[n, p, o]           a convolution of x with dy
 *     dx[n, q, c] = Σ_k Σ_o dy[n, q + before − k, o] W[k, c, o]     of dy with W turned, for s = 1
 *
 * In dW channels take the place of the batch, the batch that of the channels, and the stride s is a
 * dilation. tfjs 4.22 has no kernel for dW on wasm, so that gradient methods cannot train a
 * convolution there; its kernel for dx is a plain loop, many times slower, and stays for other strides.
 *
 * @returns A function that brings back what was there.
 */
export function convolveForGradients(): () => void {
  const restore = [
    composeKernel('Conv2DBackpropFilter', gradientOfKernel),
    composeKernel('Conv2DBackpropInput', gradientOfInput),
  ];
  return () => {
    for (const bringBack of restore) bringBack();
  };
}

/** What tfjs hands to both kernels. Images and dy `[batch, height, width, channels]`. */
interface Attributes {
  strides: [number, number] | number;
  pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4D = [number, number, number, number];

function gradientOfKernel(
  {x, dy}: Record<'x' | 'dy', tf.TensorInfo>,
  attrs: Attributes & {filterShape: Shape4D},
  run: RunKernel,
): tf.TensorInfo {
  const info = infoOf(x.shape, attrs.filterShape, attrs);
  if (info.dataFormat !== 'channelsLast') {
    throw new Error(
      `Conv2DBackpropFilter on wasm: has no data format ${attrs.dataFormat}, as Conv2D. Give 'NHWC'.`,
    );
  }
  const {filterHeight, filterWidth, strideHeight, strideWidth, padInfo} = info;
  const taps = run(
    'Conv2D',
    {
      x: run('Transpose', {x}, {perm: [3, 1, 2, 0]}),
      filter: run('Transpose', {x: dy}, {perm: [1, 2, 0, 3]}),
    },
    {
      strides: [1, 1],
      dilations: [strideHeight, strideWidth],
      pad: [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  );
  // A stride may leave a rest of the images unseen: taps beyond the kernel would see it.
  const size = [info.inChannels, filterHeight, filterWidth, info.outChannels];
  return run(
    'Transpose',
    {x: run('Slice', {x: taps}, {begin: [0, 0, 0, 0], size})},
    {perm: [1, 2, 0, 3]},
  );
}

function gradientOfInput(
  {dy, filter}: Record<'dy' | 'filter', tf.TensorInfo>,
  attrs: Attributes & {inputShape: Shape4D},
  run: RunKernel,
): tf.TensorInfo {
  const info = infoOf(attrs.inputShape, filter.shape as Shape4D, attrs);
  const {filterHeight, filterWidth, strideHeight, strideWidth, padInfo} = info;
  const [top, bottom] = [padInfo.top, padInfo.bottom].map((pad) => filterHeight - 1 - pad);
  const [left, right] = [padInfo.left, padInfo.right].map((pad) => filterWidth - 1 - pad);
  const isConvolution =
    info.dataFormat === 'channelsLast' &&
    strideHeight === 1 &&
    strideWidth === 1 &&
    Math.min(top, bottom, left, right) >= 0;
  if (!isConvolution) return run('Conv2DBackpropInput', {dy, filter}, attrs);
  const turned = run('Reverse', {x: filter}, {dims: [0, 1]});
  return run(
    'Conv2D',
    {x: dy, filter: run('Transpose', {x: turned}, {perm: [0, 1, 3, 2]})},
    {
      strides: [1, 1],
      dilations: [1, 1],
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  );
}

function infoOf(
  images: number[],
  filter: Shape4D,
  {strides, pad, dimRoundingMode, dataFormat}: Attributes,
) {
  return tf.backend_util.computeConv2DInfo(
    images as Shape4D,
    filter,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}
