import * as tf from '@tensorflow/tfjs';
import type {StepObserver} from '../step/step_observer';
import {
  assertDiagnosticNames,
  type CallDiagnostics,
  cheapDiagnostics,
  type Diagnostic,
  type DiagnosticName,
  diagnostics,
} from './index';

/** What becomes known of a step that is observed. */
export interface Observation {
  /**
   * An entry for each call of a paired layer that had a target, in the order of the forward pass;
   * null before the step, and where it was not applied.
   */
  readonly diagnostics: CallDiagnostics[] | null;
}

/**
 * Measures the diagnostics of these names in the step that it is given to.
 *
 * @param who Asks, for the error.
 * @throws RangeError if a name is no diagnostic's.
 */
export function observation(
  who: string,
  names: readonly DiagnosticName[] = cheapDiagnostics,
): Observation & StepObserver {
  assertDiagnosticNames(who, names);
  const table: Record<DiagnosticName, Diagnostic<object>> = diagnostics;
  let measures: Array<[DiagnosticName, ReturnType<Diagnostic<object>>]>;
  let found: CallDiagnostics[] | null = null;
  return {
    get diagnostics() {
      return found;
    },
    recorded(step, loss) {
      measures = names.map((name) => [name, table[name](step, loss)]);
    },
    determined({records}, determined) {
      const targeted = records.filter(({difference}) => difference !== null);
      // Only numbers leave the tidy.
      tf.tidy(() => {
        found = targeted.map((record) => ({
          layer: record.layer.name,
          call: records.filter(({layer}) => layer.name === record.layer.name).indexOf(record),
          ...Object.fromEntries(measures.map(([name, of]) => [name, of(record, determined)])),
        }));
      });
    },
    undone() {
      found = null;
    },
  };
}
