import * as tf from '@tensorflow/tfjs';
import {tidyRecord} from '../tensors/tidy_record';
import {descentBy, meanOf, moved} from './descent';
import type {DecoderBatch, DecoderLearningOptions, DecoderObjective, DecoderState} from './index';
import type {DecoderMap} from './maps';
import {type Draw, drawFrom} from './noise';
import {identity} from './nonlinearity';

/** What an objective asks of a decoder in one step. */
export interface Lesson {
  /** Y, what the decoder is fed, `[..., out]`. */
  output: tf.Tensor;
  /** R, what g(Y) is to change by, `[..., in]`. */
  wanted: tf.Tensor;
  /**
   * Whether g(Y₁) − g(Y₀) is taught: then Y is Y₁ above Y₀, and R its change above its negative.
   *
   * @defaultValue false
   */
  ofDifferences?: boolean;
  /** Other parts of the state that are new with this step. */
  remembered?: Partial<DecoderState>;
}

/** An objective's lesson from a batch, for the decoder as it is. */
export type Teacher = (
  maps: DecoderMap[],
  batch: DecoderBatch,
  state: DecoderState,
  options: DecoderLearningOptions & {draw: Draw},
) => Lesson;

/**
 * The objective that takes a step after each lesson; of several lessons the mean step, so that a
 * rate which is safe for each is safe for all.
 */
export function learningFrom(...teachers: Teacher[]): DecoderObjective {
  return (initial, batch, options) =>
    tidyRecord(() => {
      let changed: Partial<DecoderState> = {};
      for (let step = 0; step < options.steps; step++) {
        const before = changed;
        changed = tidyRecord(() => {
          const state = {...initial, ...before};
          const maps = mapsOf(state, batch);
          const fresh = options.fresh && step === 0;
          const draw = drawFrom(options.seed, step);
          const lessons = teachers.map((teach) =>
            teach(maps, batch, state, {...options, fresh, draw}),
          );
          const descent = meanOf(lessons.map((lesson) => descentBy(lesson, maps, options)));
          const weights = moved(maps, descent, options);
          const remembered = Object.assign({}, ...lessons.map((lesson) => lesson.remembered));
          return {...remembered, hidden: weights.slice(0, -1), ...weights.at(-1)};
        });
        tf.dispose(before as tf.TensorContainer);
      }
      return changed;
    });
}

/** The maps of a decoder with these weights. */
export function mapsOf(
  {hidden = [], kernel, bias}: Pick<DecoderState, 'hidden' | 'kernel' | 'bias'>,
  {nonlinearities = [identity], windows}: Pick<DecoderBatch, 'nonlinearities' | 'windows'>,
): DecoderMap[] {
  const weights = [...hidden, {kernel, bias}];
  return nonlinearities.map((activation, k) => ({activation, windows, ...weights[k]}));
}
