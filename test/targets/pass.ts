import * as tf from '@tensorflow/tfjs';
import {learnDecoder} from '../../src/decoders/learn';
import type {DTPOptimizerConfig} from '../../src/optimizer/config';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import type {StepObserver} from '../../src/step/step_observer';
import {
  createStep,
  type LayerRecord,
  type TrainingStep,
  withStep,
} from '../../src/step/training_step';
import {type Propagation, propagate} from '../../src/targets/propagate';
import type {data} from '../support/architectures';

/** Every architecture at once: the sum of mean squared errors over its outputs, and its regularisers. */
export function lossOf(model: tf.LayersModel, {x, y}: ReturnType<typeof data>) {
  return () => {
    const outputs = [model.apply(x, {training: true})].flat() as tf.Tensor[];
    const errors = outputs.map((output, i) => tf.losses.meanSquaredError([y].flat()[i], output));
    const regularisers = model.layers.flatMap((layer) => layer.calculateLosses());
    return tf.addN([...errors, ...regularisers]) as tf.Scalar;
  };
}

export function variablesOf(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

/** The gradients of a stock model by name, on the cpu: tfjs has none of convolutions on wasm. */
export function autodiff(model: tf.LayersModel, batch: ReturnType<typeof data>) {
  return onCpu(() => tf.variableGrads(lossOf(model, batch), variablesOf(model)).grads);
}

/** What a body returns that runs on the cpu. */
export function onCpu<Result>(body: () => Result): Result {
  const backend = tf.getBackend();
  void tf.setBackend('cpu'); // At once, as it has been started before.
  try {
    return body();
  } finally {
    void tf.setBackend(backend);
  }
}

/** Runs the pass of one training step and looks at it before it is released. */
export function pass<Result>(
  config: DTPOptimizerConfig,
  model: tf.LayersModel,
  loss: () => tf.Scalar,
  look: (step: TrainingStep, propagation: Propagation) => Result,
  decoderSteps = 20,
  observers: StepObserver[] = [],
): Result {
  const resolved = resolveConfig(config);
  const prepareDecoder = (record: LayerRecord) => {
    const options = {...resolved.decoders, steps: decoderSteps, fresh: true, seed: 1};
    learnDecoder(record.layer, [record], resolved.decoders.objective, options);
  };
  const step = createStep(resolved, new Set(variablesOf(model)), prepareDecoder, observers);
  return withStep(step, () => look(step, propagate(step, loss)));
}
