import type * as tf from '@tensorflow/tfjs';
import {alias} from './alias';

/** The values of some variables at one moment. */
export interface Snapshot {
  /** Gives the variables these values again. */
  restore(): void;
  dispose(): void;
}

/**
 * Remembers the values of variables, without copying data, so that a step that fails can be undone:
 * the forward pass itself writes some (moving averages of batch normalisation).
 */
export function snapshot(variables: tf.Variable[]): Snapshot {
  const copies = variables.map((variable) => ({variable, value: alias(variable as tf.Tensor)}));
  return {
    restore: () => {
      for (const {variable, value} of copies) {
        if (variable.dataId !== value.dataId) variable.assign(value);
      }
    },
    dispose: () => {
      for (const {value} of copies) value.dispose();
    },
  };
}
