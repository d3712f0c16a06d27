import * as tf from '@tensorflow/tfjs';
import type {Dataset, Examples} from '../data/dataset';

/** What a network is asked to do: its last layer, its targets, its loss, and a score on test images. */
export interface Task {
  output: {
    units: (data: Pick<Dataset, 'features' | 'classes'>) => number;
    activation: 'softmax' | 'linear';
  };
  /** What the network should answer, `[count, units]`. */
  targets: (examples: Examples, data: Pick<Dataset, 'features' | 'classes'>) => tf.Tensor2D;
  /** One loss for each example, `[batch]`. */
  loss: (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
  score: {
    name: string;
    of: (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
    /** Without the unit. */
    format: (score: number) => string;
    unit: '' | ' %';
  };
}

/** Name the digit: softmax cross-entropy; the score is the share of test images named correctly. */
const classify: Task = {
  output: {units: ({classes}) => classes, activation: 'softmax'},
  targets: ({labels}, {classes}) =>
    tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat() as tf.Tensor2D),
  loss: tf.metrics.categoricalCrossentropy,
  score: {
    name: 'test accuracy',
    of: (targets, outputs) =>
      tf.tidy(() => targets.argMax(-1).equal(outputs.argMax(-1)).toFloat().mean()),
    format: (accuracy) => (100 * accuracy).toFixed(1),
    unit: ' %',
  },
};

/** Give the image back: sigmoid cross-entropy summed over pixels, which is also the score. */
const reconstruct: Task = {
  output: {units: ({features}) => features, activation: 'linear'},
  targets: ({count, pixels}, {features}) => tf.tensor2d(pixels, [count, features]),
  loss: sigmoidCrossEntropy,
  score: {
    name: 'test loss',
    of: (targets, logits) => tf.tidy(() => sigmoidCrossEntropy(targets, logits).mean()),
    format: (loss) => loss.toPrecision(3),
    unit: '',
  },
};

export const tasks = {classify, reconstruct};

export type TaskName = keyof typeof tasks;

/**
 * −Σ p log σ(z) + (1 − p) log(1 − σ(z)) = Σ max(z, 0) − z p + log(1 + e^−|z|), which cannot overflow.
 *
 * p pixels and z logits, `[batch, pixels]`; the result is `[batch]`.
 */
function sigmoidCrossEntropy(pixels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const log = logits.abs().neg().exp().log1p();
    return logits.relu().sub(logits.mul(pixels)).add(log).sum(-1);
  });
}
