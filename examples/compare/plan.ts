import type {DecoderArgs, DTPOptimizerConfig} from 'tfjs-dtp';
import type {Dataset} from '../data/dataset';
import {InputError} from '../input_error';
import {canTrain, type MethodName, methods} from './methods';
import {type Network, networkFor, networks} from './networks';
import type {Options} from './options';
import type {Schedule} from './schedule';

/** All that a comparison depends on besides the data. */
export interface Plan {
  backend: 'cpu' | 'wasm';
  network: Network;
  epochs: number;
  batch: number;
  /** Mini-batches in an epoch; the last one may be smaller. */
  stepsPerEpoch: number;
  seeds: number;
  /** The methods to compare, in the order of the table. */
  entries: Entry[];
  /** The methods to run at the best rate of another one, after all entries. */
  repeats: MethodName[];
  dtp: DTPOptimizerConfig;
  /** Of the dense layers that `dtp` trains. */
  decoder: DecoderArgs;
}

/** A method and the learning rates to try. */
export interface Entry {
  method: MethodName;
  rates: number[];
  /** @defaultValue 'constant' */
  schedule?: Schedule;
}

/** Fills in what the options leave open, for a data set. @throws InputError if they contradict. */
export function planFor(options: Options, data: Dataset): Plan {
  const {backend, model, layers, activation, seeds, dtp, decoder} = options;
  const network = networkFor(data, model, {hidden: layers, activation});
  const names = methodsToCompare(options, network);
  const batch = options.batch ?? networks[model].batch;
  return {
    backend,
    network,
    epochs: options.epochs ?? (options.data === 'digits' ? 12 : 5),
    batch,
    stepsPerEpoch: Math.ceil(data.train.count / batch),
    seeds,
    entries: names
      .filter((method) => !methods[method].repeats)
      .map((method) => ({
        method,
        rates: [...new Set(options.rates[method] ?? methods[method].rates(network.taskName, dtp))],
      })),
    repeats: names.filter((method) => methods[method].repeats),
    dtp,
    decoder: {architecture: decoder},
  };
}

function methodsToCompare({backend, methods: chosen}: Options, network: Network): MethodName[] {
  const all = Object.keys(methods) as MethodName[];
  // Only the wasm backend has two kinds of kernels to compare.
  const isPossible = (name: MethodName) => backend === 'wasm' || !methods[name].repeats;
  for (const name of chosen ?? []) {
    const {repeats} = methods[name];
    if (!isPossible(name)) {
      throw new InputError(
        `--methods ${name}: is about kernels of the wasm backend, given --backend ${backend}. ` +
          `Leave out ${name}, or give --backend wasm.`,
      );
    }
    if (!canTrain(name, network, backend)) {
      throw new InputError(
        `--methods ${name}: stock TensorFlow.js cannot differentiate a convolution on the wasm ` +
          `backend. Leave out ${name}.`,
      );
    }
    if (repeats !== undefined && !chosen?.includes(repeats)) {
      throw new InputError(
        `--methods ${name}: repeats the best rate of ${repeats}, which is not among the methods. ` +
          `Add ${repeats}.`,
      );
    }
  }
  const possible = all.filter((name) => isPossible(name) && canTrain(name, network, backend));
  return possible.filter((name) => (chosen ?? all).includes(name));
}
