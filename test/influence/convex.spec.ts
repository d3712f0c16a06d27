import * as tf from '@tensorflow/tfjs';
import {convex} from '../../src/influence/convex';
import {paper} from '../../src/influence/paper';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {contextOf} from './context';

const norms = [
  [2, 5, 1e-30],
  [8, 5, 1e-32],
  [4, 0, 1e-30],
];

onEveryBackend('convex', () => {
  it('sums to 1 over the layers, for every example', () => {
    const shares = norms.map((squaredNorm) =>
      convex.scale(contextOf({squaredNorm, moving: norms})),
    );

    expectTensorsClose(tf.addN(shares), [1, 1, 1], 1e-6);
  });

  it('keeps the ratios of the paper’s influence', () => {
    const output = [3, 3, 1e-30];
    const [a, b] = norms.map((squaredNorm) =>
      convex
        .scale(contextOf({squaredNorm, moving: norms}))
        .div(paper.scale(contextOf({squaredNorm, output}))),
    );

    expectTensorsClose(a, b, 1e-5);
  });

  it('gives nothing to a layer that has nothing to move, and the rest to the others', () => {
    const shares = norms.map((squaredNorm) =>
      convex.scale(contextOf({squaredNorm, moving: norms})),
    );

    expect(shares.map((share) => share.dataSync()[1])).toEqual([0.5, 0.5, 0]);
  });
});
