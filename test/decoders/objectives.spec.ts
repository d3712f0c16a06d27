import * as tf from '@tensorflow/tfjs';
import {decoderObjectives} from '../../src/decoders/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {learned, linearLayer} from './linear_layer';

onEveryBackend('decoder objectives', () => {
  for (const [name, objective] of Object.entries(decoderObjectives)) {
    describe(name, () => {
      // What is drawn in the second of two steps is drawn by no first one.
      if (name !== 'sampled-perturbation') {
        it('goes on where it was: two steps are one and another', () => {
          const layer = linearLayer({inputs: 4, outputs: 4});
          const state = learned(objective, layer, {steps: 1});

          const twice = learned(objective, {...layer, state}, {steps: 1, fresh: false});
          expectTensorsClose(twice.kernel, learned(objective, layer, {steps: 2}).kernel, 1e-5);
          expectTensorsClose(twice.bias, learned(objective, layer, {steps: 2}).bias, 1e-5);
        });
      }

      it('stays finite for a layer in which everything is zero', () => {
        const layer = linearLayer({inputs: 4, outputs: 3});
        const batch = {
          encoder: tf.zerosLike(layer.batch.encoder),
          input: tf.zerosLike(layer.batch.input),
          output: tf.zerosLike(layer.batch.output),
          mobility: tf.zerosLike(layer.batch.mobility),
        };

        const {kernel, bias} = learned(objective, {...layer, batch}, {steps: 3});
        expect(kernel.isFinite().all().dataSync()[0]).toBe(1);
        expect(bias.isFinite().all().dataSync()[0]).toBe(1);
      });

      it('needs no more memory for many steps than for a few', async () => {
        const {state, batch} = linearLayer({inputs: 4, outputs: 3});
        const peakOf = async (steps: number) => {
          const options = {damping: 1, ridge: 1, learningRate: 1, steps, fresh: true, seed: 1};
          const {result, peakBytes} = await tf.profile(
            () => objective(state, batch, options) as tf.TensorContainer,
          );
          tf.dispose(result);
          return peakBytes;
        };

        expect(await peakOf(40)).toBe(await peakOf(4));
      });

      for (const steps of [0, 1, 3]) {
        it(`leaves no tensor behind and returns none that it was lent: ${steps} steps`, () => {
          for (const fresh of [true, false]) {
            const {state, batch} = linearLayer({inputs: 4, outputs: 3});
            const options = {damping: 1, ridge: 1, learningRate: 1, steps, fresh, seed: 0};

            expect(tensorsLeftBy(() => objective(state, batch, options))).toBe(0);
          }
        });
      }
    });
  }
});
