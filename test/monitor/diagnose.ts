import * as tf from '@tensorflow/tfjs';
import type * as dtp from 'tfjs-dtp';
import {observation} from '../../src/monitor/observation';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import type {StepObserver} from '../../src/step/step_observer';
import {createStep, withStep} from '../../src/step/training_step';
import {propagate} from '../../src/targets/propagate';
import {LOGISTIC_RATE} from '../../src/updates/polyak';
import {totalChanges} from '../../src/updates/total_changes';
import {type Net, squaredError, wanted, x} from '../laws/invertible_net';
import {variablesOf} from '../targets/pass';

/** Runs a step up to where it would move weights, with the decoders that the model has. */
export function unmoved(
  model: tf.LayersModel,
  config: dtp.DTPOptimizerConfig,
  loss: () => tf.Scalar,
  observer: StepObserver,
): void {
  const resolved = resolveConfig(config);
  const trained = new Set(variablesOf(model));
  const step = createStep(resolved, trained, () => {}, [observer]);
  withStep(step, () => {
    const propagation = propagate(step, loss);
    tf.tidy(() => {
      const changes = totalChanges(step, propagation, LOGISTIC_RATE);
      observer.determined(step, {gradients: propagation.gradients, changes});
    });
  });
}

/** The diagnostics of such a step. */
export function diagnose(
  model: tf.LayersModel,
  config: dtp.DTPOptimizerConfig,
  loss: () => tf.Scalar,
  names: dtp.DiagnosticName[],
): dtp.CallDiagnostics[] {
  const observed = observation('diagnose', names);
  unmoved(model, config, loss, observed);
  return observed.diagnostics as dtp.CallDiagnostics[];
}

/** The loss by which the examples of the laws are to move the output of such a network as wanted. */
export function taskOf(net: Net, model: tf.LayersModel): () => tf.Scalar {
  return () => squaredError(net, x, wanted)(model.apply(tf.tensor2d(x)) as tf.Tensor) as tf.Scalar;
}
