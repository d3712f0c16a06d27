import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

/** How many kernels a step of so many layers takes, with trained stock layers in between or without. */
async function kernelsOf(
  depth: number,
  isNormalised: boolean,
  config: dtp.DTPOptimizerConfig,
): Promise<number> {
  const layers = Array.from({length: depth}, () => [
    dtp.layers.dense({units: 4, activation: 'tanh', inputShape: [4]}),
    ...(isNormalised ? [tf.layers.batchNormalization()] : []),
  ]);
  const model = tf.sequential({layers: layers.flat()});
  // After the first step no decoder learns.
  const optimizer = new dtp.DTPOptimizer({...config, decoders: {drift: 1e6}});
  model.compile({optimizer, loss: 'meanSquaredError'});
  const [x, y] = [tf.randomNormal([6, 4]), tf.ones([6, 4])];
  await model.trainOnBatch(x, y);
  const {kernels} = await tf.profile(async () => tf.scalar(Number(await model.trainOnBatch(x, y))));
  return kernels.length;
}

describe('The kernels of a step', () => {
  for (const [what, isNormalised, config] of [
    ['the defaults', false, {}],
    ["influence 'convex'", false, {influence: 'convex'}],
    ['targets that go as gradients', true, {}],
  ] as const) {
    it(`grow as the number of layers: ${what}`, async () => {
      const counts = [];
      for (const depth of [4, 8, 12]) counts.push(await kernelsOf(depth, isNormalised, config));
      // Some depend on what is found, such as how often a matrix is inverted.
      const growth = (counts[2] - counts[1]) / (counts[1] - counts[0]);
      expect(Math.abs(growth - 1)).toBeLessThan(0.02);
    });
  }
});
