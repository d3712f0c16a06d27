import type * as tf from '@tensorflow/tfjs';
import {composeKernel} from './composed_kernel';

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
  return composeKernel('BatchMatMul', ({a, b}: Matrices, {transposeA, transposeB}: Which, run) => {
    const transposed = (matrix: tf.TensorInfo) =>
      run('Transpose', {x: matrix}, {perm: lastTwoSwapped(matrix.shape.length)});
    return run(
      'BatchMatMul',
      {a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b},
      {transposeA: false, transposeB: false},
    );
  });
}

/** `[..., rows, columns]`. */
type Matrices = Record<'a' | 'b', tf.TensorInfo>;
type Which = Record<'transposeA' | 'transposeB', boolean>;

function lastTwoSwapped(rank: number): number[] {
  const axes = [...Array(rank).keys()];
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
