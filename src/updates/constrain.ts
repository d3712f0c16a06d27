import * as tf from '@tensorflow/tfjs';
import type {TrainingStep} from '../step/training_step';

/**
 * Brings the trained weights of paired layers back to where their constraints want them.
 *
 *     W ← constraint(W)
 *
 * for a layer with `kernelConstraint` or `biasConstraint`. tfjs itself keeps constraints while it sets
 * weights, not while it trains.
 */
export function constrain({records, trained}: TrainingStep): void {
  tf.tidy(() => {
    const weights = records.flatMap(({layer}) => layer.parameters());
    for (const weight of new Set(weights)) {
      const variable = weight.read() as tf.Variable;
      if (weight.constraint == null || !trained.has(variable)) continue;
      variable.assign(weight.constraint.apply(variable));
    }
  });
}
