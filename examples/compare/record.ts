import {writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type {Dataset} from '../data/dataset';
import type {MethodResult} from './compare';
import {methods} from './methods';
import type {Options} from './options';
import type {Plan} from './plan';

/** Writes all that is needed to judge, repeat and redraw a comparison. NaN becomes null. */
export function writeRecord(
  file: string,
  results: MethodResult[],
  plan: Plan,
  data: Dataset,
  options: Options,
): void {
  const record = {
    ...circumstances(),
    options,
    data: {name: data.name, train: data.train.count, test: data.test.count},
    network: {
      task: plan.network.taskName,
      filters: plan.network.filters,
      sizes: plan.network.sizes,
      activation: plan.network.activation,
    },
    epochs: plan.epochs,
    batch: plan.batch,
    stepsPerEpoch: plan.stepsPerEpoch,
    score: plan.network.task.score.name,
    methods: results.map(({method, rates, best, peakBytes}) => ({
      method,
      label: methods[method].label,
      wasmKernels: plan.backend === 'wasm' ? methods[method].wasmKernels : undefined,
      bestRate: best.rate,
      peakBytes,
      rates: rates.map(({rate, runs}) => ({
        rate,
        runs: runs.map(({seed, diverged, epochs}) => ({
          seed,
          diverged,
          millisecondsPerStep:
            (1000 * epochs[epochs.length - 1].seconds) / ((epochs.length - 1) * plan.stepsPerEpoch),
          epochs,
        })),
      })),
    })),
  };
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** When and where something was measured. */
export function circumstances() {
  return {
    date: new Date().toISOString(),
    versions: {node: process.version, tfjs: tf.version.tfjs},
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      platform: `${process.platform} ${process.arch}`,
    },
  };
}
