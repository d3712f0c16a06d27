import * as tf from '@tensorflow/tfjs';
import {convolveForGradients} from './wasm_convolution_gradient';
import {transposeBeforeMatMul} from './wasm_transposed_matmul';

/** What gradients are made of: the wasm backend as it is, or mended. */
export type WasmKernels = 'stock' | 'fixed';

/** Runs something on these kernels; only the wasm backend has a choice. */
export async function withKernels<Result>(
  kernels: WasmKernels,
  action: () => Promise<Result>,
): Promise<Result> {
  if (tf.getBackend() !== 'wasm' || kernels === 'stock') return action();
  const restore = [transposeBeforeMatMul(), convolveForGradients()];
  try {
    return await action();
  } finally {
    for (const bringBack of restore) bringBack();
  }
}
