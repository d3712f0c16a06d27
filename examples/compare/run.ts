import * as tf from '@tensorflow/tfjs';
import {NonFiniteError} from 'tfjs-dtp';
import {type MethodName, methods} from './methods';
import {build, type LayerMakers, type Network} from './networks';
import type {Plan} from './plan';
import {follow, type Schedule} from './schedule';
import {withKernels} from './wasm_kernels';

/** Inputs and what a network should answer to them, one example a row. */
export interface Batch {
  inputs: tf.Tensor2D;
  targets: tf.Tensor2D;
}

/** What is known after an epoch; epoch 0 is before training. */
export interface EpochResult {
  /** Mean loss over all training images. */
  loss: number;
  /** The task's score on all test images. */
  score: number;
  /** Time spent in training up to here. */
  seconds: number;
}

/** One network being trained by one method at one rate from one seed. */
export interface Run {
  method: MethodName;
  rate: number;
  schedule: Schedule;
  seed: number;
  model: tf.LayersModel;
  optimizer: tf.Optimizer;
  /** From epoch 0 on. */
  epochs: EpochResult[];
  /** The loss is no longer a number; there is nothing left to train. */
  diverged: boolean;
  /** What the optimizer said when it gave up; null if it did not. */
  failure: string | null;
}

/** A network with the initial weights of a seed, compiled for a method. */
export function startRun(
  plan: Pick<Plan, 'network' | 'decoder' | 'dtp' | 'epochs' | 'stepsPerEpoch'>,
  method: MethodName,
  rate: number,
  seed: number,
  schedule: Schedule = 'constant',
): Run {
  const {layers, optimizer: makeOptimizer} = methods[method];
  const dense: LayerMakers['dense'] = (args, first) => layers.dense(args, first, plan.decoder);
  const model = build(plan.network, {...layers, dense}, seed);
  const optimizer = makeOptimizer(rate, plan.dtp);
  follow(schedule, optimizer, rate, plan.epochs * plan.stepsPerEpoch);
  model.compile({optimizer, loss: plan.network.task.loss});
  return {
    method,
    rate,
    schedule,
    seed,
    model,
    optimizer,
    epochs: [],
    diverged: false,
    failure: null,
  };
}

export function disposeRun({model, optimizer}: Run): void {
  model.dispose();
  optimizer.dispose();
  // tfjs's momentum forgets what it has from plain SGD.
  if (optimizer.getClassName() === 'Momentum') {
    tf.SGDOptimizer.prototype.dispose.call(optimizer as tf.MomentumOptimizer);
  }
}

/**
 * Trains for one epoch on mini-batches in the order given.
 *
 * @returns The seconds that took.
 */
export async function trainEpoch(run: Run, {inputs, targets}: Batch, plan: Plan): Promise<number> {
  return withKernels(methods[run.method].wasmKernels, async () => {
    const start = performance.now();
    try {
      await run.model.fit(inputs, targets, {
        batchSize: plan.batch,
        epochs: 1,
        shuffle: false,
        verbose: 0,
        yieldEvery: 'never',
      });
    } catch (error) {
      if (!(error instanceof NonFiniteError)) throw error;
      run.diverged = true;
      run.failure = error.message;
    }
    return (performance.now() - start) / 1000;
  });
}

/** The loss on all training images and the score on all test images. */
export function evaluate({model}: Run, {task}: Network, train: Batch, test: Batch) {
  return tf.tidy(() => {
    const outputs = ({inputs}: Batch) => model.predict(inputs, {batchSize: 1000}) as tf.Tensor;
    const loss = task.loss(train.targets, outputs(train)).mean();
    const score = task.score.of(test.targets, outputs(test));
    return {loss: loss.dataSync()[0], score: score.dataSync()[0]};
  });
}
