import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {Inverted} from '../../src/inversion/iterate';
import {nextCalls} from '../../src/step/link_records';
import type {TrainingStep} from '../../src/step/training_step';
import {type Architecture, architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {autodiff, lossOf, pass, variablesOf} from './pass';

/** Σ over a layer's calls of Xᵀ p: the gradient of its kernel, if p is the one of its output. */
function kernelGradients({records, config}: TrainingStep): Map<string, tf.Tensor> {
  const gradients = new Map<string, tf.Tensor>();
  for (const {layer, input, difference} of records) {
    if (difference === null) continue;
    const p = layer.arrangeOutput(difference.div(-config.beta * difference.shape[0]));
    const x = layer.arrangeInput(input);
    const gradient = layer.kernelFrom(layer.windows(input.shape).correlation(x, p));
    const {name} = layer.parameters()[0].read() as tf.Variable;
    gradients.set(name, gradients.get(name)?.add(gradient) ?? gradient);
  }
  return gradients;
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance: number): void {
  const scale = Math.max(expected.abs().max().dataSync()[0], 1e-6);
  expect(actual.sub(expected).abs().max().dataSync()[0] / scale).toBeLessThan(tolerance);
}

onEveryBackendButWebgl('propagate', () => {
  for (const [name, architecture] of Object.entries(architectures)) {
    // Under the transposed weights, what reaches every weight is known from autodiff: this checks the
    // way through links, fan-outs, stock layers, nested models, several calls and outputs.
    it(`carries gradients through the transposed weights as autodiff does: ${name}`, () => {
      tf.tidy(() => {
        const [stock, paired] = stockAndPaired(architecture);
        const batch = data(architecture, 5);
        const expected = autodiff(stock, batch);
        pass({feedback: 'gradient'}, paired, lossOf(paired, batch), (step, {gradients}) => {
          const kernels = kernelGradients(step);
          let compared = 0;
          for (const [i, {name}] of variablesOf(paired).entries()) {
            const actual = kernels.get(name) ?? gradients[name];
            if (actual == null) continue; // A paired layer's bias: its gradient is Σ p.
            expectClose(actual, expected[variablesOf(stock)[i].name], 1e-4);
            compared++;
          }
          const biases = step.records.filter(({layer}) => layer.parameters().length > 1);
          const layers = new Set(biases.map(({layer}) => layer)).size;
          expect(compared).toBe(variablesOf(paired).length - layers);
        });
      });
    });

    it(`gives every trained layer a target, and a decoder that only it needs: ${name}`, () => {
      tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        const batch = data(architecture, 5);
        pass({}, paired, lossOf(paired, batch), ({records}) => {
          for (const {difference, output, passed, passesDown} of records) {
            expect(difference?.shape).toEqual(output.shape);
            expect(difference?.abs().max().dataSync()[0]).toBeGreaterThan(0);
            expect(passed !== null).toBe(passesDown);
          }
        });
      });
    });
  }

  it('hands a difference over a direct link as it was found, to the last digit', () => {
    tf.tidy(() => {
      const [, paired] = stockAndPaired(architectures['deep tanh without bias']);
      const batch = data(architectures['deep tanh without bias'], 5);
      pass({}, paired, lossOf(paired, batch), ({records}) => {
        const direct = records.filter(({soleUser, passesDown}) => soleUser && passesDown);
        expect(direct.length).toBeGreaterThan(0);
        for (const {below, inverted} of direct) {
          const {x} = inverted as Inverted;
          expectTensorsClose(below?.record.difference as tf.Tensor, x, 0);
        }
      });
    });
  });

  it('sets the output target to h − β ∂L_b/∂h for every example b', () => {
    tf.tidy(() => {
      const [, paired] = stockAndPaired(architectures['one layer']);
      const batch = data(architectures['one layer'], 5);
      const output = paired.predict(batch.x) as tf.Tensor;
      // Of the mean over 5 × 3 squared errors, example b alone has 2 (h − y) / 3.
      const expected = output.sub(batch.y as tf.Tensor).mul((-2 / 3) * 0.01);
      pass({beta: 0.01}, paired, lossOf(paired, batch), ({records}) => {
        expectClose(records[0].difference as tf.Tensor, expected, 1e-5);
      });
    });
  });

  it('finds which call feeds which, through stock layers and fan-outs', () => {
    const consumers = (architecture: Architecture) =>
      tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        return pass({}, paired, lossOf(paired, data(architecture, 2)), ({records}) =>
          records.map((record) =>
            nextCalls(record)
              .map((call) => records.indexOf(call))
              .sort(),
          ),
        );
      });
    expect(consumers(architectures['residual addition'])).toEqual([[1, 2], [2], []]);
    expect(consumers(architectures['stock layers in between'])).toEqual([[1], [2], []]);
    expect(consumers(architectures['nested model'])).toEqual([[1], [2], [3], []]);
    expect(consumers(architectures['a layer used twice'])).toEqual([[1], [2], []]);
    expect(consumers(architectures['a branch around a layer'])).toEqual([[1, 2], [2], []]);
    expect(consumers(architectures['branches in and after a nested model'])).toEqual([
      [1, 2],
      [3],
      [3],
      [4, 5],
      [5],
      [],
    ]);
  });

  it('links layers directly where one receives the very output of the other', () => {
    const linked = (architecture: Architecture) =>
      tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        return pass({}, paired, lossOf(paired, data(architecture, 2)), ({records}) =>
          records.map(({below}) => below !== null),
        );
      });
    expect(linked(architectures['relu classifier'])).toEqual([false, true, true]);
    expect(linked(architectures['nested model'])).toEqual([false, true, true, true]);
    expect(linked(architectures['stock layers in between'])).toEqual([false, false, false]);
    expect(linked(architectures['a branch around a layer'])).toEqual([false, true, false]);
    expect(linked(architectures['branches in and after a nested model'])).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  for (const order of ['before', 'after']) {
    it(`finds that the loss uses a call itself, ${order} it is used by another`, () => {
      tf.tidy(() => {
        // Without an activation the loss and the layer above use the very same tensor.
        const [first, second] = [0, 1].map(() => dtp.layers.dense({units: 4, inputShape: [4]}));
        const paired = tf.sequential({layers: [first, second]});
        const loss = () => {
          const h = first.apply(tf.ones([5, 4])) as tf.Tensor;
          const sizeOf = (t: tf.Tensor) => t.square().mean() as tf.Scalar;
          const early = order === 'before' ? sizeOf(h) : null;
          const late = sizeOf(second.apply(h) as tf.Tensor);
          return late.add<tf.Scalar>(early ?? sizeOf(h));
        };
        pass({}, paired, loss, ({records}) => {
          expect(records.map(({isLast}) => isLast)).toEqual([true, true]);
          expect(records[1].soleUser).toBe(false);
        });
      });
    });
  }

  it('leaves nothing below a frozen base to do', () => {
    tf.tidy(() => {
      const architecture = architectures['relu classifier'];
      const [, paired] = stockAndPaired(architecture);
      paired.layers[0].trainable = false;
      pass({}, paired, lossOf(paired, data(architecture, 5)), ({records}) => {
        expect(records.map(({passesDown}) => passesDown)).toEqual([false, false, true]);
        expect(records[0].difference).toBeNull();
      });
    });
  });
});
