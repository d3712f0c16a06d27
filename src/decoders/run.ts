import {kernelOf} from '../layers/kernel_of';
import type {PairedLayer} from '../layers/paired_layer';
import {innerOptimizer} from '../optimizer/inner_optimizer';
import type {ResolvedConfig} from '../optimizer/resolve_config';
import type {Snapshot} from '../step/snapshot';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {sumsOf} from '../tensors/sums_of';
import {relativeMoves} from './drift';
import {learnDecoder} from './learn';
import {mixed} from './noise';
import {type TaughtDecoder, type TaughtState, taughtDecoders} from './taught_decoders';

/** The learning of all decoders over a training run; its state is what it knows of those that have learned. */
export interface DecoderRun extends TaughtState {
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
}

/** A run that begins. */
export function decoderRun({decoders, feedback, seed: base}: ResolvedConfig): DecoderRun {
  const {optimizer} = decoders;
  const {usedOf, savedOf, noteUse, optimizerOf, ...state} = taughtDecoders(
    optimizer && (() => innerOptimizer('decoders.optimizer', optimizer)),
  );
  const teach = (known: TaughtDecoder, calls: LayerRecord[], lesson: Lesson) => {
    const options = {...decoders, ...lesson};
    const through = optimizerOf(known);
    learnDecoder(calls[0].layer, calls, decoders.objective, options, through);
  };

  const noteDrift = (step: TrainingStep, before: Snapshot) => {
    const layers = [...new Set(step.records.map(({layer}) => layer))];
    const moving = layers.flatMap((layer) => {
      const known = usedOf(layer) ?? savedOf(layer);
      return known === undefined ? [] : {known, kernel: kernelOf(layer)};
    });
    const kernels = moving.map(({kernel}) => kernel);
    const moves = relativeMoves(step, kernels, before);
    for (const [i, {known, kernel}] of moving.entries()) {
      known.drift = Math.fround(known.drift + moves[i]);
      known.left = kernel.dataId;
    }
  };
  /** Another optimizer, as of a critic between the steps of a generator, or weights that were set. */
  const noteOthers = (known: TaughtDecoder, layer: PairedLayer) => {
    const isMoved = known.left !== null && known.left !== kernelOf(layer).dataId;
    if (isMoved) known.drift = Number.POSITIVE_INFINITY;
  };

  const warmUp = (record: LayerRecord) => {
    const {layer} = record;
    const isSaved = savedOf(layer) !== undefined;
    const {warmupSteps: steps, damping} = decoders;
    // Without first lessons the next one is due, whether its layer moves or not.
    const known = noteUse(layer, steps === 0 ? decoders.drift : 0);
    if (isSaved && !isBlank(layer)) return;
    teach(known, [record], {steps, fresh: true, seed: base + known.place + 1, damping});
  };
  /** A lesson from all calls of a layer, in every `decoders.every`-th step, if the layer has moved enough. */
  const teachIfDue = (step: TrainingStep, calls: LayerRecord[]) => {
    const known = usedOf(calls[0].layer) as TaughtDecoder;
    const {iteration, participation} = step;
    const {drift, place} = known;
    if (iteration % decoders.every !== 0 || drift < decoders.drift) return;
    known.drift = 0;
    const damping = decoders.damping * participation;
    // As many as before its first use, where its layer may have become another one.
    const steps = Number.isFinite(drift) ? 1 : Math.max(1, decoders.warmupSteps);
    teach(known, calls, {steps, fresh: false, seed: mixed(base, iteration, place), damping});
  };
  const callsOf = (layer: PairedLayer, records: LayerRecord[]) =>
    records.filter((record) => record.layer === layer && record.passesDown);
  /** By a step, the layers whose decoders are ready. */
  const ready = new WeakMap<TrainingStep, Set<PairedLayer>>();

  return {
    prepare(step, record) {
      const {layer} = record;
      const known = usedOf(layer);
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
    ...state,
  };
}

type Lesson = Pick<Parameters<typeof learnDecoder>[3], 'steps' | 'fresh' | 'seed' | 'damping'>;

/** Whether a decoder has not been loaded with its run: its bias starts at zero, and learning moves it. */
function isBlank({decoder}: PairedLayer): boolean {
  return decoder !== null && sumsOf([decoder.bias.read().abs()])[0] === 0;
}
