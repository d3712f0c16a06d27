import * as tf from '@tensorflow/tfjs';
import {rowByRow} from '../convolution/row_by_row';
import {alias} from '../tensors/alias';
import {total} from '../tensors/total';
import {transpose} from '../tensors/transpose';
import type {Rows} from '../updates/index';
import {kernelChange} from '../updates/kernel_change';
import {foldedDescent} from './folded_descent';
import type {Affine, DecoderLearningOptions, Descent} from './index';
import type {Lesson} from './lessons';
import {type DecoderMap, rowsOfMaps} from './maps';
import {decoderRules} from './rules';

/**
 * How the weights of each map are to change for a lesson: by the rule, or by the plain gradient
 * where an optimizer scales it.
 */
export function descentBy(
  {output, wanted, ofDifferences = false}: Lesson,
  maps: DecoderMap[],
  options: DecoderLearningOptions,
): Descent {
  const {rule = 'gram', ridge, descend = null} = options;
  const [{windows = rowByRow}] = maps;
  if (!windows.isIdentity) return [foldedDescent({output, wanted}, maps[0], windows, options)];
  const rows = rowsOfMaps(maps, output as tf.Tensor2D, wanted as tf.Tensor2D);
  if (descend !== null) return rows.map(negativeGradient);
  const shares = sharesOf(maps);
  return rows.map((lesson, k) => {
    const fitted = ofDifferences ? asDifferences(lesson, k === maps.length - 1) : lesson;
    const {kernel, bias} = decoderRules[rule](fitted, {damping: ridge});
    const change = {kernel: kernelChange(kernel), bias};
    return maps.length === 1 ? change : scaled(change, shares[k]);
  });
}

/** Takes a step along a descent: a rate times it, or what the optimizer makes of it. */
export function moved(
  maps: DecoderMap[],
  descent: Descent,
  {learningRate, descend = null}: DecoderLearningOptions,
): Affine[] {
  if (descend !== null) return descend(descent);
  return descent.map(({kernel, bias}, k) => ({
    kernel: maps[k].kernel.add(kernel.mul(learningRate)),
    bias:
      bias === null
        ? alias(maps[k].bias)
        : (maps[k].bias.add(bias.mul(learningRate)) as tf.Tensor1D),
  }));
}

/** The mean of several descents of the same maps. */
export function meanOf([first, ...others]: Descent[]): Descent {
  if (others.length === 0) return first;
  return first.map((_, k) => {
    const parts = [first, ...others].map((descent) => descent[k]);
    const biases = parts.flatMap(({bias}) => (bias === null ? [] : [bias]));
    return {
      kernel: tf.addN(parts.map(({kernel}) => kernel)).div(parts.length),
      bias: biases.length === 0 ? null : tf.addN(biases).div(parts.length).as1D(),
    };
  });
}

/** Xᵀ R / rows and the mean of R: minus the gradient of ½ ‖R‖² / rows by the map's weights. */
function negativeGradient({input, difference}: Rows): Descent[number] {
  const sums = transpose(input).matMul(difference) as tf.Tensor2D;
  return {kernel: sums.div(input.shape[0]), bias: difference.mean<tf.Tensor1D>(0)};
}

/**
 * How much of its own step each map takes, so that all together move g(Y) by no more than R.
 *
 *     1 / (K ∏_{j>k} ‖V_j‖²)
 *
 * A hidden map that follows r_k moves g(Y) by R times a matrix of norm at most ∏ ‖V_j‖², for slopes
 * of at most 1.
 */
function sharesOf(maps: DecoderMap[]): tf.Scalar[] {
  const shares: tf.Scalar[] = [tf.scalar(1 / maps.length)];
  for (const {kernel} of maps.slice(1).reverse()) {
    shares.unshift(shares[0].divNoNan(total(kernel.square())));
  }
  return shares;
}

function scaled({kernel, bias}: Descent[number], share: tf.Scalar): Descent[number] {
  return {kernel: kernel.mul(share), bias: bias === null ? null : bias.mul(share).as1D()};
}

/**
 * The rows of a map for a lesson of differences, with what a rule divides by in mind.
 *
 *     x₁ᵀ r₁ + x₀ᵀ r₀ = (x₁ − x₀)ᵀ r₁ + x₀ᵀ (r₁ + r₀)
 *
 * On the left a rule would measure the rows by x, of which the difference is a small part; at the
 * last map r₁ + r₀ = 0. The bias, which the difference does not have, stays.
 */
export function asDifferences({input, difference}: Rows, last: boolean): Rows {
  const [x1, x0] = tf.split(input, 2) as tf.Tensor2D[];
  const [r1, r0] = tf.split(difference, 2) as tf.Tensor2D[];
  const dx = x1.sub(x0) as tf.Tensor2D;
  if (last) return {input: dx, difference: r1, useBias: false};
  return {
    input: tf.concat2d([dx, x0], 0),
    difference: tf.concat2d([r1, r1.add<tf.Tensor2D>(r0)], 0),
    useBias: false,
  };
}
