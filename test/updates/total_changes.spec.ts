import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {totalChanges} from '../../src/updates/total_changes';
import {onEveryBackend} from '../support/backends';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass} from '../targets/pass';

onEveryBackend('totalChanges', () => {
  for (const config of [{}, {clipNorm: 0.1}, {update: {rule: 'example'}} as const]) {
    it(`leaves the totals and what the step keeps, and nothing else: ${JSON.stringify(config)}`, () => {
      tf.tidy(() => {
        const kernelRegularizer = tf.regularizers.l2({l2: 0.01});
        const model = tf.sequential({
          layers: [
            dtp.layers.dense({units: 4, inputShape: [3], kernelRegularizer}),
            dtp.layers.dense({units: 2}),
          ],
        });
        const batch = {x: tf.ones([5, 3]), y: tf.zeros([5, 2])};
        const regularised = () =>
          lossOf(model, batch)().add(kernelRegularizer.apply(model.trainableWeights[0].read()));
        pass(config, model, regularised as () => tf.Scalar, (step, propagation) => {
          const totals = () => totalChanges(step, propagation, 1).map(({total}) => total);
          // At first norms, too, which are found once a step; then the influence of each call.
          totals();
          expect(tensorsLeftBy(totals)).toBe(step.records.length);
        });
      });
    });
  }
});
