import * as tf from '@tensorflow/tfjs';
import type {ResolvedConfig} from '../config';
import {
  type InnerOptimizer,
  innerOptimizer,
  type NamedTensors,
  withoutPrefix,
} from '../inner_optimizer';
import type {PairedLayer} from '../layers/paired_layer';
import {sumsOf} from '../step/sums_of';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {learnDecoder} from './learn';
import {mixed} from './noise';

/** The learning of all decoders over a training run. */
export interface DecoderRun {
  /**
   * Teaches the decoder of a call before its first use, unless it comes trained from a saved run.
   */
  warmUp(record: LayerRecord): void;
  /** Teaches the decoders that a step has used, in every so manyth step. */
  learn(step: TrainingStep, iteration: number): void;
  /** Remembers which decoders have learned; the function returned goes back to that. */
  mark(): () => void;
  /** All that it needs to go on exactly. The tensors may be its own. */
  getWeights(): Promise<NamedTensors>;
  /** Takes over what `getWeights` of another one gave. The tensors are borrowed. */
  setWeights(weights: NamedTensors): Promise<void>;
  dispose(): void;
}

/** A decoder that has learned before; the layer of a loaded run is known by its name at first. */
interface WarmDecoder {
  name: string;
  layer: PairedLayer | null;
}

/** A run that begins. */
export function decoderRun({decoders, feedback, seed: base}: ResolvedConfig): DecoderRun {
  /** What has learned before, in the order in which it first did. */
  let warm: WarmDecoder[] = [];
  /**
   * `decoders.optimizer`, one for each of them: its state belongs to the weights of one decoder.
   */
  const optimizers: InnerOptimizer[] = [];

  const optimizerOf = (i: number) => {
    if (decoders.optimizer === null) return null;
    optimizers[i] ??= innerOptimizer('decoders.optimizer', decoders.optimizer);
    return optimizers[i];
  };
  const teach = (i: number, calls: LayerRecord[], lesson: Lesson) => {
    const options = {...decoders, ...lesson};
    learnDecoder(calls[0].layer, calls, decoders.objective, options, optimizerOf(i));
  };

  return {
    warmUp(record) {
      const {layer} = record;
      if (warm.some((known) => known.layer === layer)) return;
      const {name} = layer;
      const saved = warm.findIndex((known) => known.layer === null && known.name === name);
      const i = saved === -1 ? warm.length : saved;
      warm[i] = {name, layer};
      if (saved !== -1 && !isBlank(layer)) return;
      teach(i, [record], {steps: decoders.warmupSteps, fresh: true, seed: base + i + 1});
    },
    learn({records}, iteration) {
      if (feedback !== 'layerwise' || iteration % decoders.every !== 0) return;
      const teaching = records.filter(({passesDown, difference}) => passesDown && difference);
      for (const layer of new Set(teaching.map(({layer}) => layer))) {
        const calls = teaching.filter((record) => record.layer === layer);
        const i = warm.findIndex((known) => known.layer === layer);
        teach(i, calls, {steps: 1, fresh: false, seed: mixed(base, iteration, i)});
      }
    },
    mark() {
      const before = [...warm];
      return () => {
        for (const optimizer of optimizers.splice(before.length)) optimizer.dispose();
        warm = before;
      };
    },
    async getWeights() {
      const names = warm.map(({name}) => name);
      const states = optimizers.map(async (optimizer, i) =>
        (await optimizer.getWeights()).map(({name, tensor}) => ({name: `${i}/${name}`, tensor})),
      );
      return [
        ...(names.length > 0 ? [{name: WARM, tensor: tf.tensor1d(names, 'string')}] : []),
        ...(await Promise.all(states)).flat(),
      ];
    },
    async setWeights(weights) {
      const names = await weights.find(({name}) => name === WARM)?.tensor.data<'string'>();
      warm = Array.from(names ?? [], (name) => ({name, layer: null}));
      const stateOf = (i: number) => withoutPrefix(`${i}/`, weights);
      for (let i = 0; stateOf(i).length > 0; i++) await optimizerOf(i)?.setWeights(stateOf(i));
    },
    dispose() {
      for (const optimizer of optimizers) optimizer.dispose();
    },
  };
}

type Lesson = Pick<Parameters<typeof learnDecoder>[3], 'steps' | 'fresh' | 'seed'>;

/** The name of the list of decoders that have learned. */
const WARM = 'warm';

/** Whether a decoder has not been loaded with its run: it starts at zero, and learning moves it. */
function isBlank({decoder}: PairedLayer): boolean {
  return decoder !== null && sumsOf([decoder.kernel.read().abs()])[0] === 0;
}
