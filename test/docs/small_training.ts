import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

/**
 * Trains a small network with a branch in it, for examples of the documentation: with a
 * configuration, a merge of the branch, or a layer to be put in.
 *
 * @throws Error if the loss does not fall to a half.
 */
export async function train({
  config = {},
  merge,
  layer,
}: {
  config?: dtp.DTPOptimizerConfig;
  merge?: dtp.MergeName;
  layer?: tf.layers.Layer;
}): Promise<void> {
  const x = tf.randomUniform([64, 3], -1, 1, 'float32', 1);
  const y = x.mul([1, -2, 1]).sum(1, true).tanh();
  const dense = (units: number, seed: number, decoder: dtp.DTPDenseArgs['decoder'] = {}) => {
    const kernelInitializer = tf.initializers.glorotUniform({seed});
    const activation = units === 1 ? 'linear' : 'tanh';
    return dtp.layers.dense({units, activation, kernelInitializer, decoder});
  };
  const apply = (layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(to) as tf.SymbolicTensor;

  const input = tf.input({shape: [3]});
  const first = apply(dense(16, 1, false), input);
  const [main, skip] = dtp.layers.branch({branches: 2, merge}).apply(first);
  const block = apply(dense(16, 2), main);
  const sum = apply(tf.layers.add(), [layer ? apply(layer, block) : block, skip]);
  const model = tf.model({inputs: input, outputs: apply(dense(1, 3), sum)});

  const optimizer = new dtp.DTPOptimizer({learningRate: 0.3, ...config});
  model.compile({optimizer, loss: 'meanSquaredError'});
  const fit = {epochs: 20, batchSize: 16, shuffle: false, verbose: 0} as const;
  const {loss} = (await model.fit(x, y, fit)).history;
  const [before, after] = [Number(loss[0]), Number(loss.at(-1))];
  if (!(after < before / 2)) throw new Error(`The loss went from ${before} to ${after}.`);
}
