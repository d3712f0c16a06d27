import * as tf from '@tensorflow/tfjs';
import {DTPBranch, type DTPBranchArgs} from './branch';
import {DTPDense, type DTPDenseArgs} from './dense';

/** The layer classes; `tf.loadLayersModel` finds them by their class names. */
const classes = {DTPBranch, DTPDense};

for (const layerClass of Object.values(classes)) tf.serialization.registerClass(layerClass);

/** Layers paired with a learned inverse (tfjs's own arguments, and `decoder`), and the branch. */
export const layers = {
  /**
   * A dense layer with a learned inverse: {@link DTPDense}.
   *
   * @example
   * dtp.layers.dense({units: 10, activation: 'softmax'})
   */
  dense: (args: DTPDenseArgs) => new DTPDense(args),
  /**
   * One input that goes several ways, the identity on each, where targets are merged:
   * {@link DTPBranch}.
   *
   * @example
   * const [main, skip] = dtp.layers.branch({branches: 2}).apply(x);
   */
  branch: (args: DTPBranchArgs) => new DTPBranch(args),
};
