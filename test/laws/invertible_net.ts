import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

export const WIDTH = 6;
export const LAYERS = 4;

export type Activation = 'linear' | 'tanh';

/** Layers W = I + 0.25 N with the exact inverse as decoder; the last one is linear. */
export function invertibleNet(activation: Activation): tf.Sequential {
  const model = tf.sequential();
  for (let l = 0; l < LAYERS; l++) {
    model.add(
      dtp.layers.dense({
        units: WIDTH,
        inputShape: [WIDTH],
        activation: l < LAYERS - 1 ? activation : 'linear',
      }),
    );
    const noise = tf.randomNormal([WIDTH, WIDTH], 0, 0.25, 'float32', 10 + l) as tf.Tensor2D;
    const kernel = tf.eye(WIDTH).add(noise) as tf.Tensor2D;
    const {decoder} = model.layers[l] as dtp.DTPDense;
    model.layers[l].setWeights([
      kernel,
      tf.zeros([WIDTH]),
      ...model.layers[l].getWeights().slice(2),
    ]);
    decoder?.kernel.write(inverse(kernel));
  }
  return model;
}

/** W⁻¹ by Newton's iteration, V ← V (2I − W V). */
function inverse(w: tf.Tensor2D): tf.Tensor2D {
  const norm = (t: tf.Tensor, axis: number) => t.abs().sum(axis).max().dataSync()[0];
  let v = w.transpose().div(norm(w, 0) * norm(w, 1)) as tf.Tensor2D;
  const two = tf.eye(WIDTH).mul(2);
  for (let i = 0; i < 30; i++) v = v.matMul(two.sub(w.matMul(v))) as tf.Tensor2D;
  return v;
}
