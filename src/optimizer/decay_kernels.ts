import type * as tf from '@tensorflow/tfjs';

/** W ← (1 − part) W for kernels, of the variables that change; biases stay. */
export function decayKernels(changed: Array<{variable: tf.Variable}>, part: number): void {
  if (part === 0) return;
  for (const {variable} of changed) {
    if (isKernel(variable)) variable.assign(variable.mul(1 - part));
  }
}

/** Whether it is a kernel, not a bias. */
export function isKernel({rank}: tf.Variable): boolean {
  return rank > 1;
}
