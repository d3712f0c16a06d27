import * as tf from '@tensorflow/tfjs';
import type {NamedTensors} from './inner_optimizer';

/** The tensors by which a state is saved: one of each name, from the first save until they are disposed of. */
export interface OwnedTensors {
  /**
   * Takes over what was made for a save, which is all but variables: these are somebody's already.
   *
   * @returns Tensors of the same names and values, which the next save brings up to date.
   */
  own(weights: NamedTensors): NamedTensors;
  dispose(): void;
}

/**
 * Owns what savers get, and never dispose of: tfjs's own optimizers lend them their variables, and leave a
 * new tensor behind for what else they count.
 */
export function ownedTensors(): OwnedTensors {
  const known = new Map<string, tf.Variable>();
  const upToDate = (name: string, made: tf.Tensor) => {
    let kept = known.get(name);
    // A saver may have disposed of it.
    if (kept?.isDisposed) kept = undefined;
    if (kept?.dtype === made.dtype && String(kept.shape) === String(made.shape)) kept.assign(made);
    else {
      kept?.dispose();
      kept = tf.variable(made, false);
      known.set(name, kept);
    }
    made.dispose();
    return kept;
  };
  return {
    own: (weights) =>
      weights.map(({name, tensor}) => ({
        name,
        tensor: tensor instanceof tf.Variable ? tensor : upToDate(name, tensor),
      })),
    dispose: () => {
      for (const tensor of known.values()) if (!tensor.isDisposed) tensor.dispose();
      known.clear();
    },
  };
}
