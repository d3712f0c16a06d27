import type * as tf from '@tensorflow/tfjs';
import {alias} from '../tensors/alias';

/** The values of some variables at one moment. */
export interface Snapshot {
  /** The value of a variable at that moment; lent. What came about later has not moved since: its own. */
  valueOf(variable: tf.Variable): tf.Tensor;
  /** Gives the variables these values again. */
  restore(): void;
  dispose(): void;
}

/**
 * Remembers the values of variables, without copying data, so that a step that fails can be undone:
 * the forward pass itself writes some (moving averages of batch normalisation).
 */
export function snapshot(variables: tf.Variable[]): Snapshot {
  const values = new Map(variables.map((variable) => [variable, alias(variable as tf.Tensor)]));
  return {
    valueOf: (variable) => values.get(variable) ?? variable,
    restore: () => {
      for (const [variable, value] of values) {
        if (variable.dataId !== value.dataId) variable.assign(value);
      }
    },
    dispose: () => {
      for (const value of values.values()) value.dispose();
    },
  };
}
