import * as tf from '@tensorflow/tfjs';
import {relativeMoves} from '../../src/decoders/drift';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {snapshot} from '../../src/step/snapshot';
import {createStep} from '../../src/step/training_step';
import {onEveryBackend} from '../support/backends';
import {tensorsLeftBy} from '../support/tensors_left';

onEveryBackend('relativeMoves', () => {
  /** Of kernels `from` that become `to` in a step; null stays. */
  function movesOf(cases: Array<{from: number[]; to: number[] | null}>, known = false) {
    const kernels = cases.map(({from}) => tf.variable(tf.tensor1d(from)));
    const step = createStep(resolveConfig({}), new Set(kernels), () => {});
    const before = snapshot(kernels);
    for (const kernel of known ? kernels : []) {
      step.kernelNorms.set(kernel, step.own(kernel.square().sum()));
    }
    for (const [i, {to}] of cases.entries()) if (to !== null) kernels[i].assign(tf.tensor1d(to));
    const moves = relativeMoves(step, kernels, before);
    step.dispose();
    before.dispose();
    tf.dispose(kernels);
    return moves;
  }

  for (const known of [false, true]) {
    it(`are ‖W' − W‖ / ‖W‖ of each kernel, ‖W‖ ${known ? 'known' : 'measured'}`, () => {
      const moves = movesOf(
        [
          {from: [3, 4], to: [3, 5]},
          {from: [1, 1], to: null},
          {from: [0, 2], to: [2, 2]},
        ],
        known,
      );
      expect(moves[0]).toBeCloseTo(1 / 5, 6);
      expect(moves[1]).toBe(0);
      expect(moves[2]).toBeCloseTo(1, 6);
    });
  }

  it('are ∞ of a kernel that leaves zero, and 0 of one that is assigned it again', () => {
    expect(
      movesOf([
        {from: [0, 0], to: [1, 0]},
        {from: [0, 0], to: [0, 0]},
      ]),
    ).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('are what is known of the value that a kernel has, and measured of any other', () => {
    const kernels = [tf.variable(tf.tensor1d([3, 4])), tf.variable(tf.tensor1d([3, 4]))];
    const step = createStep(resolveConfig({}), new Set(kernels), () => {});
    const before = snapshot(kernels);
    for (const kernel of kernels) {
      kernel.assign(tf.tensor1d([3, 5]));
      step.relativeMoves.set(kernel.dataId, 7);
    }
    kernels[1].assign(tf.tensor1d([3, 6]));

    const [known, measured] = relativeMoves(step, kernels, before);
    expect(known).toBe(7);
    expect(measured).toBeCloseTo(2 / 5, 6);
    step.dispose();
    before.dispose();
    tf.dispose(kernels);
  });

  it('leave no tensor behind', () => {
    const kernel = tf.variable(tf.tensor1d([3, 4]));
    const step = createStep(resolveConfig({}), new Set([kernel]), () => {});
    const before = snapshot([kernel]);
    kernel.assign(tf.tensor1d([3, 5]));

    expect(tensorsLeftBy(() => relativeMoves(step, [kernel], before))).toBe(0);
    step.dispose();
    before.dispose();
  });
});
