import * as tf from '@tensorflow/tfjs';

/** What a step asks of the backend. */
export interface StepProfile {
  /** The most bytes in all tensors together after any kernel. */
  peakBytes: number;
  kernels: number;
  /** Tensors that kernels made. */
  tensors: number;
}

/** Counts what one step does, the data of whatever else there is included in the bytes. */
export async function profileStep(step: () => Promise<unknown>): Promise<StepProfile> {
  const {peakBytes, kernels} = await tf.profile(async () => {
    await step();
    return [];
  });
  const tensors = kernels.reduce((sum, {outputShapes}) => sum + outputShapes.length, 0);
  return {peakBytes, kernels: kernels.length, tensors};
}
