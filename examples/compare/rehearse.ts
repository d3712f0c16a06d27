import * as tf from '@tensorflow/tfjs';
import {NonFiniteError} from 'tfjs-dtp';
import {type MethodName, methods} from './methods';
import type {Plan} from './plan';
import {profileStep} from './profile_step';
import {type Batch, disposeRun, startRun} from './run';
import {withKernels} from './wasm_kernels';

const WARM_UP_STEPS = 8;

/**
 * Takes a few steps on a network that is thrown away, so that compiling and starting up is over
 * before the clock runs, and measures the memory of a step.
 *
 * @returns The peak of the bytes in tensors during a step: weights, what the optimizer and the
 * decoders keep, the mini-batch, and all that the step makes. The data set is not counted. NaN if
 * the method diverges already here.
 */
export async function rehearse(
  plan: Plan,
  method: MethodName,
  rate: number,
  train: Batch,
): Promise<number> {
  const {numBytes: others} = tf.memory();
  const run = startRun(plan, method, rate, 0);
  const batch = {inputs: head(train.inputs, plan.batch), targets: head(train.targets, plan.batch)};
  const step = () => run.model.trainOnBatch(batch.inputs, batch.targets);
  try {
    return await withKernels(methods[method].wasmKernels, async () => {
      for (let steps = 0; steps < WARM_UP_STEPS; steps++) await step();
      return (await profileStep(step)).peakBytes - others;
    });
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    return Number.NaN;
  } finally {
    disposeRun(run);
    tf.dispose([batch.inputs, batch.targets]);
  }
}

function head(examples: tf.Tensor2D, count: number): tf.Tensor2D {
  return examples.slice(0, Math.min(count, examples.shape[0]));
}
