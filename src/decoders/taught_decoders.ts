import * as tf from '@tensorflow/tfjs';
import type {PairedLayer} from '../layers/paired_layer';
import {
  type InnerOptimizer,
  loadInto,
  type NamedTensors,
  withoutPrefix,
} from '../optimizer/inner_optimizer';

/** What a run knows of a decoder that has learned. */
export interface TaughtDecoder {
  /** Its place among all of them, in the order in which they first learned. */
  readonly place: number;
  readonly name: string;
  /** Its layer; null in a loaded run that has had no use of it yet. */
  layer: PairedLayer | null;
  /**
   * Σ ‖ΔW‖ / ‖W‖ of its layer over the steps since its last lesson, in float32, as it is saved; ∞ where
   * something else than these steps has moved it.
   */
  drift: number;
  /** The kernel of its layer as the last step left it; null where that is not known. */
  left: tf.DataId | null;
  /** A `decoders.optimizer` of its own, whose state belongs to its weights; null until it is asked for. */
  optimizer: InnerOptimizer | null;
}

/** The decoders that have learned in a run. */
export interface TaughtDecoders extends TaughtState {
  /** That of a layer which has had use in this run; undefined where there is none. */
  usedOf(layer: PairedLayer): TaughtDecoder | undefined;
  /** That of a layer which may come from a saved run, where it goes by its name. */
  savedOf(layer: PairedLayer): TaughtDecoder | undefined;
  /** Notes one that begins, or that of a saved run. */
  noteUse(layer: PairedLayer, drift: number): TaughtDecoder;
  /** Its optimizer; null without. */
  optimizerOf(decoder: TaughtDecoder): InnerOptimizer | null;
}

/** What there is to save of all of them, and to go back to. */
export interface TaughtState {
  /** Remembers what is known of them; the function returned goes back to that. */
  mark(): () => void;
  /** All that there is to know: variables of their own, and what was made for this call. */
  getWeights(): Promise<NamedTensors>;
  /** Takes over what `getWeights` of others gave. The tensors are borrowed. */
  setWeights(weights: NamedTensors): Promise<void>;
  dispose(): void;
}

/**
 * None at first.
 *
 * @param makeOptimizer A new `decoders.optimizer`; null without.
 */
export function taughtDecoders(makeOptimizer: (() => InnerOptimizer) | null): TaughtDecoders {
  let all: TaughtDecoder[] = [];
  const usedOf = (layer: PairedLayer) => all.find((decoder) => decoder.layer === layer);
  const savedOf = (layer: PairedLayer) =>
    all.find((decoder) => decoder.layer === null && decoder.name === layer.name);
  const optimizerOf = (decoder: TaughtDecoder) => {
    decoder.optimizer ??= makeOptimizer?.() ?? null;
    return decoder.optimizer;
  };
  return {
    usedOf,
    savedOf,
    optimizerOf,
    noteUse(layer, drift) {
      const saved = savedOf(layer);
      if (saved !== undefined) {
        saved.layer = layer;
        saved.left = null;
        return saved;
      }
      const place = all.length;
      all.push({place, name: layer.name, layer, drift, left: null, optimizer: null});
      return all[place];
    },
    mark() {
      const before = all.map((decoder) => ({
        decoder,
        as: {...decoder},
        undo: decoder.optimizer?.mark(),
      }));
      return () => {
        for (const {optimizer} of all.slice(before.length)) optimizer?.dispose();
        all = before.map(({decoder, as, undo}) => {
          if (undo !== undefined) undo();
          else decoder.optimizer?.dispose();
          return Object.assign(decoder, as);
        });
      };
    },
    async getWeights() {
      if (all.length === 0) return [];
      const states = all.map(async ({place, optimizer}) =>
        ((await optimizer?.getWeights()) ?? []).map(({name, tensor}) => ({
          name: `${place}/${name}`,
          tensor,
        })),
      );
      const names = all.map(({name}) => name);
      const drifts = all.map(({drift}) => drift);
      return [
        {name: NAMES, tensor: tf.tensor1d(names, 'string')},
        {name: DRIFTS, tensor: tf.tensor1d(drifts)},
        ...(await Promise.all(states)).flat(),
      ];
    },
    async setWeights(weights) {
      const tensorOf = (wanted: string) => weights.find(({name}) => name === wanted)?.tensor;
      const names = await tensorOf(NAMES)?.data<'string'>();
      const drifts = await tensorOf(DRIFTS)?.data<'float32'>();
      all = Array.from(names ?? [], (name, place) => {
        return {
          place,
          name,
          layer: null,
          drift: drifts?.[place] ?? 0,
          left: null,
          optimizer: null,
        };
      });
      for (const decoder of all) {
        const state = withoutPrefix(`${decoder.place}/`, weights);
        await loadInto('decoders.optimizer', () => optimizerOf(decoder), state);
      }
    },
    dispose() {
      for (const {optimizer} of all) optimizer?.dispose();
    },
  };
}

/** The names of the list of decoders that have learned, and of how far their layers have drifted. */
const NAMES = 'warm';
const DRIFTS = 'drift';
