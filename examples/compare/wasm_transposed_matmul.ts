import * as tf from '@tensorflow/tfjs';

/**
 * Makes the wasm backend multiply transposed matrices fast.
 *
 *     Aᵀ B = transpose(A) B,   A Bᵀ = A transpose(B)
 *
 * tfjs 4.22's wasm kernel computes these products in a plain loop, many times slower than a
 * transposition followed by a product in XNNPACK. The gradient of every dense layer is two such
 * products, so without this back-propagation on wasm is slow for a reason that has nothing to do
 * with the method.
 *
 * @returns A function that brings the stock kernel back.
 */
export function transposeBeforeMatMul(): () => void {
  const stock = wasmKernel('BatchMatMul');
  replaceKernel({...stock, kernelFunc: (call) => multiply(stock.kernelFunc, call as MatMulCall)});
  return () => replaceKernel(stock);
}

/** What multiplies matrices: the wasm backend as it is, or mended. */
export type WasmKernels = 'stock' | 'fixed';

/** Runs something on these kernels; only the wasm backend has a choice. */
export async function withKernels<Result>(
  kernels: WasmKernels,
  action: () => Promise<Result>,
): Promise<Result> {
  if (tf.getBackend() !== 'wasm' || kernels === 'stock') return action();
  const restoreStock = transposeBeforeMatMul();
  try {
    return await action();
  } finally {
    restoreStock();
  }
}

type KernelConfig = Parameters<typeof tf.registerKernel>[0];
type Kernel = KernelConfig['kernelFunc'];

/** What the wasm backend hands to its kernel: matrices `[..., rows, columns]`. */
interface MatMulCall {
  inputs: {a: tf.TensorInfo; b: tf.TensorInfo};
  attrs: {transposeA: boolean; transposeB: boolean};
  backend: {disposeData: (dataId: object) => void};
}

function multiply(stockKernel: Kernel, {inputs, attrs, backend}: MatMulCall) {
  const temporary: tf.TensorInfo[] = [];
  const transposed = (matrix: tf.TensorInfo) => {
    const swapped = transpose(matrix, backend);
    temporary.push(swapped);
    return swapped;
  };
  try {
    return stockKernel({
      inputs: {
        a: attrs.transposeA ? transposed(inputs.a) : inputs.a,
        b: attrs.transposeB ? transposed(inputs.b) : inputs.b,
      },
      attrs: {transposeA: false, transposeB: false},
      backend,
    });
  } finally {
    for (const {dataId} of temporary) backend.disposeData(dataId);
  }
}

/** Swaps the last two axes, for every matrix of a batch. */
function transpose(matrix: tf.TensorInfo, backend: object): tf.TensorInfo {
  const axes = [...matrix.shape.keys()];
  const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
  const {kernelFunc} = wasmKernel('Transpose');
  return kernelFunc({inputs: {x: matrix}, attrs: {perm}, backend}) as tf.TensorInfo;
}

function wasmKernel(name: string): KernelConfig {
  const kernel = tf.getKernel(name, 'wasm');
  if (kernel !== undefined) return kernel;
  throw new Error(
    `transposeBeforeMatMul: the wasm backend has no kernel ${name}. Import ` +
      "'@tensorflow/tfjs-backend-wasm' first.",
  );
}

function replaceKernel(kernel: KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}
