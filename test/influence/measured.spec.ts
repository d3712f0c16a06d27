import * as tf from '@tensorflow/tfjs';
import type {Influence} from '../../src/influence/index';
import {measured} from '../../src/influence/measured';
import {paper} from '../../src/influence/paper';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {contextOf} from './context';

/** A layer of a chain, one number of each for every example. */
interface Layer {
  /** ‖d_l‖². */
  squaredNorm: number[];
  /** ρ_l: the part of d_l that the difference it sends down reaches. */
  reached: number[];
}

/** From the output down. */
const chain: Layer[] = [
  {squaredNorm: [4, 1], reached: [0.9, 0.7]},
  {squaredNorm: [2, 3], reached: [0.5, 0.8]},
  {squaredNorm: [5, 0.5], reached: [0.6, 1]},
  {squaredNorm: [0.1, 7], reached: [1, 1]},
];

onEveryBackend('measured', () => {
  it('is (∏ρ) ‖d_L‖² / ‖d_l‖² down a chain', () => {
    const expected = [
      [1, 1],
      [0.9 * (4 / 2), 0.7 * (1 / 3)],
      [0.9 * 0.5 * (4 / 5), 0.7 * 0.8 * (1 / 0.5)],
      [0.9 * 0.5 * 0.6 * (4 / 0.1), 0.7 * 0.8 * 1 * (1 / 7)],
    ];

    expectTensorsClose(sharesDown(chain, measured), expected, 1e-6);
  });

  it('is the paper’s influence where every inverse is exact', () => {
    const exact = chain.map((layer) => ({...layer, reached: [1, 1]}));

    expectTensorsClose(sharesDown(exact, measured), sharesDown(exact, paper), 1e-6);
  });

  for (const c of [0.1, 3]) {
    it(`keeps every step s_l d_l as it is when the decoder of a layer gives ${c} times as much`, () => {
      const rescaled = scaleDecoder(chain, 1, c);

      expectTensorsClose(stepsDown(rescaled, measured), stepsDown(chain, measured), 1e-5);
    });

    it(`corrects by that for the paper’s, whose steps below become ${c} times smaller`, () => {
      const before = stepsDown(chain, paper).arraySync();
      const expected = before.map((step, l) => step.map((size) => (l > 1 ? size / c : size)));

      expectTensorsClose(stepsDown(scaleDecoder(chain, 1, c), paper), expected, 1e-5);
    });
  }

  it('is the mean of κ s over the layers that one feeds, weighed by ‖d_{l−1}‖²', () => {
    const consumers = [
      {gain: [0.5], influence: [1], sent: [3]},
      {gain: [0.25], influence: [2], sent: [1]},
    ];

    const share = measured.scale(contextOf({squaredNorm: [100], consumers}));
    expectTensorsClose(share, [(0.5 * 1 * 3 + 0.25 * 2 * 1) / (3 + 1)], 1e-6);
  });

  it('is 0, not NaN, where none of several sent anything down', () => {
    const nothing = {gain: [0.5, 0], influence: [1, 1], sent: [0, 0]};
    const context = contextOf({squaredNorm: [1, 1], consumers: [nothing, nothing]});

    expectTensorsClose(measured.scale(context), [0, 0], 0);
  });

  it('is at least 0 where an arm alone, or with others, would be led away', () => {
    const away = {gain: [-0.5], influence: [1], sent: [3]};
    for (const consumers of [[away], [away, {gain: [0.5], influence: [1], sent: [1]}]]) {
      expectTensorsClose(measured.scale(contextOf({squaredNorm: [1], consumers})), [0], 0);
    }
  });
});

/** s_l of every layer and example, `[layers, batch]`, found from the top. */
function sharesDown(layers: Layer[], {scale}: Influence): tf.Tensor2D {
  const shares: tf.Tensor1D[] = [];
  for (const [l, {squaredNorm}] of layers.entries()) {
    const above = layers[l - 1];
    const consumers =
      above === undefined
        ? []
        : [
            {
              gain: above.reached.map((rho, b) => (rho * above.squaredNorm[b]) / squaredNorm[b]),
              influence: [...shares[l - 1].dataSync()],
              sent: squaredNorm,
            },
          ];
    shares.push(scale(contextOf({squaredNorm, output: layers[0].squaredNorm, consumers})));
  }
  return tf.stack(shares) as tf.Tensor2D;
}

/** ‖s_l d_l‖ of every layer and example. */
function stepsDown(layers: Layer[], influence: Influence): tf.Tensor2D {
  const lengths = tf.tensor2d(layers.map(({squaredNorm}) => squaredNorm)).sqrt();
  return sharesDown(layers, influence).mul(lengths);
}

/** The chain where layer k sends c d_{k−1}: it reaches c ρ, and all below moves c times as far. */
function scaleDecoder(layers: Layer[], k: number, c: number): Layer[] {
  return layers.map(({squaredNorm, reached}, l) => ({
    squaredNorm: squaredNorm.map((value) => (l > k ? c * c * value : value)),
    reached: reached.map((value) => (l === k ? c * value : value)),
  }));
}
