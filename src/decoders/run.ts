import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {
  type InnerOptimizer,
  innerOptimizer,
  type NamedTensors,
  withoutPrefix,
} from '../optimizer/inner_optimizer';
import type {ResolvedConfig} from '../optimizer/resolve_config';
import type {Snapshot} from '../step/snapshot';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {sumsOf} from '../tensors/sums_of';
import {relativeMoves} from './drift';
import {learnDecoder} from './learn';
import {mixed} from './noise';

/** The learning of all decoders over a training run. */
export interface DecoderRun {
  /**
   * Readies the decoder of a call for use: teaches it before its first, unless it comes trained from a saved
   * run, and with `when: 'before'` where a lesson is due.
   */
  prepare(step: TrainingStep, record: LayerRecord): void;
  /**
   * Ends a step: notes how far layers have moved, and with `when: 'after'` teaches the decoders that it has
   * used, where a lesson is due.
   *
   * @param before All variables as they were when the step began.
   */
  learn(step: TrainingStep, before: Snapshot): void;
  /** Remembers what is known of the decoders; the function returned goes back to that. */
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
  /**
   * Σ ‖ΔW‖ / ‖W‖ of its layer over the steps since its last lesson, in float32, as it is saved; ∞ where
   * something else than these steps has moved it.
   */
  drift: number;
  /** The kernel of its layer as the last step left it; null where that is not known. */
  left: tf.DataId | null;
}

/** A run that begins. */
export function decoderRun({decoders, feedback, seed: base}: ResolvedConfig): DecoderRun {
  /** What has learned before, in the order in which it first did. */
  let warm: WarmDecoder[] = [];
  /**
   * `decoders.optimizer`, one for each of them: its state belongs to the weights of one decoder.
   */
  const optimizers = new Map<number, InnerOptimizer>();

  const optimizerOf = (i: number) => {
    if (decoders.optimizer === null) return null;
    const known = optimizers.get(i) ?? innerOptimizer('decoders.optimizer', decoders.optimizer);
    optimizers.set(i, known);
    return known;
  };
  const teach = (i: number, calls: LayerRecord[], lesson: Lesson) => {
    const options = {...decoders, ...lesson};
    learnDecoder(calls[0].layer, calls, decoders.objective, options, optimizerOf(i));
  };

  const isOf = (layer: PairedLayer) => (known: WarmDecoder) => known.layer === layer;
  /** Of a decoder that was loaded, and has had no use yet. */
  const isLoadedFor =
    ({name}: PairedLayer) =>
    (known: WarmDecoder) =>
      known.layer === null && known.name === name;
  const indexOf = (layer: PairedLayer) => warm.findIndex(isOf(layer));
  const knownAs = (layer: PairedLayer) => warm.find(isOf(layer)) ?? warm.find(isLoadedFor(layer));
  const noteDrift = (step: TrainingStep, before: Snapshot) => {
    const layers = [...new Set(step.records.map(({layer}) => layer))].filter(knownAs);
    const kernels = layers.map((layer) => layer.parameters()[0].read() as tf.Variable);
    const moves = relativeMoves(step, kernels, before);
    for (const [i, layer] of layers.entries()) {
      const known = knownAs(layer) as WarmDecoder;
      known.drift = Math.fround(known.drift + moves[i]);
      known.left = kernels[i].dataId;
    }
  };
  /** Another optimizer, as of a critic between the steps of a generator, or weights that were set. */
  const noteOthers = (known: WarmDecoder, layer: PairedLayer) => {
    const {dataId} = layer.parameters()[0].read() as tf.Variable;
    if (known.left !== null && known.left !== dataId) known.drift = Number.POSITIVE_INFINITY;
  };

  const warmUp = (record: LayerRecord) => {
    const {layer} = record;
    const {name} = layer;
    const saved = warm.findIndex(isLoadedFor(layer));
    const i = saved === -1 ? warm.length : saved;
    const {warmupSteps: steps, damping} = decoders;
    // Without first lessons the next one is due, whether its layer moves or not.
    const ofNew = steps === 0 ? decoders.drift : 0;
    warm[i] = {name, layer, drift: warm[i]?.drift ?? ofNew, left: null};
    if (saved !== -1 && !isBlank(layer)) return;
    teach(i, [record], {steps, fresh: true, seed: base + i + 1, damping});
  };
  /** A lesson from all calls of a layer, in every `decoders.every`-th step, if the layer has moved enough. */
  const teachIfDue = (step: TrainingStep, calls: LayerRecord[]) => {
    const i = indexOf(calls[0].layer);
    const {iteration, participation} = step;
    const {drift} = warm[i];
    if (iteration % decoders.every !== 0 || drift < decoders.drift) return;
    warm[i].drift = 0;
    const damping = decoders.damping * participation;
    // As many as before its first use, where its layer may have become another one.
    const steps = Number.isFinite(drift) ? 1 : Math.max(1, decoders.warmupSteps);
    teach(i, calls, {steps, fresh: false, seed: mixed(base, iteration, i), damping});
  };
  const callsOf = (layer: PairedLayer, records: LayerRecord[]) =>
    records.filter((record) => record.layer === layer && record.passesDown);
  /** By a step, the layers whose decoders are ready. */
  const ready = new WeakMap<TrainingStep, Set<PairedLayer>>();

  return {
    prepare(step, record) {
      const {layer} = record;
      const known = warm.find(isOf(layer));
      if (known === undefined) warmUp(record);
      else if (decoders.drift > 0) noteOthers(known, layer);
      if (decoders.when === 'after') return;
      const layers = ready.get(step) ?? new Set();
      if (layers.has(layer)) return;
      ready.set(step, layers.add(layer));
      teachIfDue(step, callsOf(layer, step.records));
    },
    learn(step, before) {
      if (feedback !== 'layerwise') return;
      // Also where nothing below is trained: the decoder is of use again once it is.
      if (decoders.drift > 0) noteDrift(step, before);
      if (decoders.when === 'before') return;
      const targeted = step.records.filter(({difference}) => difference !== null);
      for (const layer of new Set(targeted.map(({layer}) => layer))) {
        const calls = callsOf(layer, targeted);
        if (calls.length > 0) teachIfDue(step, calls);
      }
    },
    mark() {
      const before = warm.map((known) => ({...known}));
      const undos = new Map([...optimizers].map(([i, optimizer]) => [i, optimizer.mark()]));
      return () => {
        for (const [i, optimizer] of optimizers) {
          const undo = undos.get(i);
          if (undo !== undefined) undo();
          else {
            optimizer.dispose();
            optimizers.delete(i);
          }
        }
        warm = before;
      };
    },
    async getWeights() {
      const names = warm.map(({name}) => name);
      const states = [...optimizers].map(async ([i, optimizer]) =>
        (await optimizer.getWeights()).map(({name, tensor}) => ({name: `${i}/${name}`, tensor})),
      );
      return [
        ...(names.length > 0
          ? [
              {name: WARM, tensor: tf.tensor1d(names, 'string')},
              {name: DRIFT, tensor: tf.tensor1d(warm.map(({drift}) => drift))},
            ]
          : []),
        ...(await Promise.all(states)).flat(),
      ];
    },
    async setWeights(weights) {
      const tensorOf = (wanted: string) => weights.find(({name}) => name === wanted)?.tensor;
      const names = await tensorOf(WARM)?.data<'string'>();
      const drifts = await tensorOf(DRIFT)?.data<'float32'>();
      warm = Array.from(names ?? [], (name, i) => {
        return {name, layer: null, drift: drifts?.[i] ?? 0, left: null};
      });
      const stateOf = (i: number) => withoutPrefix(`${i}/`, weights);
      for (const i of warm.keys()) {
        if (stateOf(i).length > 0) await optimizerOf(i)?.setWeights(stateOf(i));
      }
    },
    dispose() {
      for (const optimizer of optimizers.values()) optimizer.dispose();
    },
  };
}

type Lesson = Pick<Parameters<typeof learnDecoder>[3], 'steps' | 'fresh' | 'seed' | 'damping'>;

/** The names of the list of decoders that have learned, and of how far their layers have drifted. */
const WARM = 'warm';
const DRIFT = 'drift';

/** Whether a decoder has not been loaded with its run: it starts at zero, and learning moves it. */
function isBlank({decoder}: PairedLayer): boolean {
  return decoder !== null && sumsOf([decoder.kernel.read().abs()])[0] === 0;
}
