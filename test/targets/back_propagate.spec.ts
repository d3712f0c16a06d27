import * as tf from '@tensorflow/tfjs';
import {weightGradients} from '../../src/monitor/angle';
import {runningTape} from '../../src/step/link_records';
import type {StepObserver} from '../../src/step/step_observer';
import type {LayerRecord, TrainingStep} from '../../src/step/training_step';
import {backPropagate, offTape} from '../../src/targets/back_propagate';
import type {Propagation} from '../../src/targets/propagate';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend, onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {autodiff, lossOf, pass, variablesOf} from './pass';

/** Back-propagates the loss of a step that otherwise carries targets. */
function gradients() {
  const found = new Map<LayerRecord, tf.Tensor>();
  const observer: StepObserver = {
    recorded: (step, loss) =>
      backPropagate(step, loss, null, (record, p) => found.set(record, step.share(p))),
    determined: () => {},
  };
  return {found, observer};
}

const flattened = (tensors: tf.Tensor[]) => tf.concat1d(tensors.map((tensor) => tensor.flatten()));

onEveryBackendButWebgl('backPropagate', () => {
  for (const [name, architecture] of Object.entries(architectures)) {
    it(`brings the gradient that autodiff brings: ${name}`, () => {
      const [stock, paired] = stockAndPaired(architecture);
      const batch = data(architecture, 5);
      const expected = autodiff(stock, batch);
      const expectedOf = new Map(
        variablesOf(paired).map(({name}, i) => [name, expected[variablesOf(stock)[i].name]]),
      );
      const {found, observer} = gradients();
      const look = ({records}: TrainingStep, propagation: Propagation) => {
        for (const {layer} of records) {
          const names = layer
            .parameters()
            .map((parameter) => (parameter.read() as tf.Variable).name);
          // A bias in front of a normalisation has none, but for rounding in the size of the kernel's.
          expectTensorsClose(
            flattened(weightGradients(layer, found, propagation)),
            flattened(names.map((name) => expectedOf.get(name) as tf.Tensor)),
            1e-4,
          );
        }
      };
      pass({}, paired, lossOf(paired, batch), look, 20, [observer]);
    });

    it(`leaves the targets of the step as they are, to the last bit: ${name}`, () => {
      const targets = (observers: StepObserver[]) => {
        const [, paired] = stockAndPaired(architecture);
        const look = ({records}: TrainingStep) =>
          records.map(({difference}) => Array.from(difference?.dataSync() ?? []));
        return pass({}, paired, lossOf(paired, data(architecture, 5)), look, 20, observers);
      };
      expect(targets([gradients().observer])).toEqual(targets([]));
    });
  }

  it('stops where nothing is trained at or below a call', () => {
    const architecture = architectures['relu classifier'];
    const [, paired] = stockAndPaired(architecture);
    paired.layers[0].trainable = false;
    const {found, observer} = gradients();
    const look = () => {
      const names = [...found.keys()].map(({layer}) => layer.name);
      expect(names).toEqual([paired.layers[2].name, paired.layers[1].name]);
    };
    pass({}, paired, lossOf(paired, data(architecture, 5)), look, 20, [observer]);
  });
});

onEveryBackend('offTape', () => {
  it('adds one operation to the tape whatever runs inside, and leaves the gradient as it is', () => {
    const x = tf.scalar(3);
    let taped = 0;
    const gradient = tf.grad((at) => {
      const y = at.square();
      const before = runningTape().length;
      offTape(() => y.sin().mul(at).exp());
      taped = runningTape().length - before;
      return y;
    })(x);
    expect(taped).toBe(1);
    expect(gradient.dataSync()[0]).toBe(6);
  });

  it('is where observers of a step compute', () => {
    const architecture = architectures['relu classifier'];
    const [, paired] = stockAndPaired(architecture);
    let grown = Number.NaN;
    const recorded: StepObserver['recorded'] = (step, loss) => {
      const before = runningTape().length;
      loss.square().exp();
      backPropagate(step, loss, null, () => {});
      grown = runningTape().length - before;
    };
    const observers = [{recorded, determined: () => {}}];
    pass({}, paired, lossOf(paired, data(architecture, 5)), () => {}, 20, observers);
    expect(grown).toBe(0);
  });
});
