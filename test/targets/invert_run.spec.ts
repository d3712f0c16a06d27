import * as tf from '@tensorflow/tfjs';
import type {LayerRecord} from '../../src/step/training_step';
import {invertibleNet, LAYERS, pairedModel, WIDTH} from '../laws/invertible_net';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {lossOf, pass} from './pass';

/** What the layers of a run lead to: each pair of a call and the one directly below. */
function direct(records: LayerRecord[]): Array<[LayerRecord, LayerRecord]> {
  return records.flatMap(
    (record): Array<[LayerRecord, LayerRecord]> =>
      record.below === null || !record.soleUser ? [] : [[record, record.below.record]],
  );
}

onEveryBackend('the parallel schedule', () => {
  for (const [name, architecture] of Object.entries(architectures)) {
    // What a run has found for a layer is what the tape then brings there: nothing else does.
    it(`relaxes only what no other path leads to: ${name}`, () => {
      tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        const loss = lossOf(paired, data(architecture, 5));
        const inversion = {iterations: 3, start: 'decoder'} as const;
        pass({schedule: 'parallel', inversion}, paired, loss, ({records}) => {
          for (const [record, below] of direct(records)) {
            if (!below.passesDown || record.inverted === null) continue;
            expectTensorsClose(below.difference as tf.Tensor, record.inverted.x, 1e-5);
          }
          for (const {layer, passesDown, inverted} of records) {
            expect(inverted !== null)
              .withContext(layer.name)
              .toBe(passesDown);
          }
        });
      });
    });
  }

  it('finds that a branch, a shared activation and a stock layer end a run', () => {
    const runs = Object.entries(architectures).map(([name, architecture]) => {
      return tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        const loss = lossOf(paired, data(architecture, 5));
        return [name, pass({}, paired, loss, ({records}) => direct(records).length)] as const;
      });
    });
    expect(Object.fromEntries(runs)).toEqual({
      'one layer': 0,
      'relu classifier': 2,
      'deep tanh without bias': 4,
      // selu and swish have no closed-form difference, so they are stock layers in between.
      'every element-wise activation': 5,
      'stock layers in between': 0,
      'residual addition': 0,
      'two inputs and two outputs': 1,
      'an output that is used further, with no branch to mark it': 1,
      'nested model': 3,
      'a layer used twice': 2,
      'dense over a sequence': 1,
      'convolutions, pooling and dense': 1,
      'a branch around a layer': 0,
      // Below the branch.
      'an arm that leads nowhere': 1,
      'branches on an arm, after stock layers, and an arm to the output': 0,
      'branches in and after a nested model': 0,
    });
  });

  it('reaches the targets of the sequential schedule', () => {
    tf.tidy(() => {
      const differences = (config: object) => {
        const model = pairedModel(invertibleNet('tanh'));
        const x = tf.randomNormal([3, WIDTH], 0, 0.2, 'float32', 1);
        const loss = lossOf(model, {x, y: tf.randomNormal([3, WIDTH], 0, 1, 'float32', 2)});
        return exactly(config, model, loss);
      };
      const sequential = differences({inversion: {iterations: 60}});
      for (const start of ['activation', 'decoder'] as const) {
        const parallel = differences({schedule: 'parallel', inversion: {iterations: 80, start}});
        expect(parallel.length).toBe(LAYERS);
        for (const [l, difference] of parallel.entries()) {
          expectTensorsClose(difference, sequential[l], 1e-3);
        }
      }
    });
  });

  it('gives from the activation one more layer a target with every sweep', () => {
    tf.tidy(() => {
      for (let iterations = 1; iterations <= LAYERS; iterations++) {
        const model = pairedModel(invertibleNet('tanh'));
        const x = tf.randomNormal([3, WIDTH], 0, 0.2, 'float32', 1);
        const loss = lossOf(model, {x, y: tf.zeros([3, WIDTH])});
        const found = exactly({schedule: 'parallel', inversion: {iterations}}, model, loss);
        const moved = found.map((d) => d.abs().max().dataSync()[0] > 0);
        expect(moved).toEqual(moved.map((_, l) => l >= LAYERS - 1 - iterations));
      }
    });
  });
});

/** d_l of every layer, from the bottom, by the decoders that the model has. */
function exactly(config: object, model: tf.LayersModel, loss: () => tf.Scalar): tf.Tensor[] {
  return pass(
    config,
    model,
    loss,
    ({records}) => records.map(({difference}) => (difference as tf.Tensor).clone()),
    0,
  );
}
