import type * as tf from '@tensorflow/tfjs';
import type {Windows} from '../convolution/windows';
import {stackRows} from '../tensors/stack_rows';
import {transpose} from '../tensors/transpose';
import {sampled} from '../updates/effect';
import {kernelChange} from '../updates/kernel_change';
import type {DecoderLearningOptions, Descent} from './index';
import type {Lesson} from './lessons';
import type {DecoderMap} from './maps';
import {meanOverPlaces} from './mean_over_places';
import {decoderRules} from './rules';

/**
 * How a decoder g(h) = Pᵀ(h V) + c is to change for a lesson.
 *
 *     ΔV = rule's fit of  P(R) / ‖P‖²  from Y,   Δc = mean of  R − Pᵀ(Y ΔV)
 *
 * The entries of Y are rows for the rule, and the patches of R are what their own part of g(Y) is
 * to change by. Patches overlap, and all of them move an entry of g(Y): hence ‖P‖², the largest
 * number of them over one entry, with which ΔV moves g(Y) by no more than R. An optimizer gets the
 * plain gradient, Yᵀ P(R) and the sum of R, over the number of rows of Y.
 */
export function foldedDescent(
  {output, wanted}: Pick<Lesson, 'output' | 'wanted'>,
  {kernel}: DecoderMap,
  windows: Windows,
  {rule = 'gram', ridge, descend = null}: DecoderLearningOptions,
): Descent[number] {
  if (descend !== null) {
    const rows = output.size / kernel.shape[0];
    return {
      kernel: transpose(windows.correlation(wanted, output)).div(rows),
      bias: wanted.sum(wanted.shape.slice(1).map((_, axis) => axis)).div(rows) as tf.Tensor1D,
    };
  }
  const patches = windows.inputRows(wanted.div(windows.overlap));
  const parts = windows.outputRows(output).map((input, group) => {
    const difference = sampled(patches[group], patches[group].shape[0]);
    const rows = {input, difference, useBias: false};
    return kernelChange(decoderRules[rule](rows, {damping: ridge}).kernel);
  });
  const change = stackRows(parts);
  return {kernel: change, bias: meanOverPlaces(wanted.sub(windows.fold(output, change)))};
}
