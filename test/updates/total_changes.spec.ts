import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {totalChanges} from '../../src/updates/total_changes';
import {onEveryBackend} from '../support/backends';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass} from '../targets/pass';

onEveryBackend('totalChanges', () => {
  const {conv2d, dense, depthwiseConv2d, flatten} = {...tf.layers, ...dtp.layers};
  const cases: Record<string, () => tf.layers.Layer[]> = {
    'dense layers, with few rows and with many': () => [
      flatten(),
      dense({units: 40, activation: 'tanh'}),
      dense({units: 3, useBias: false, activation: 'tanh'}),
      dense({units: 2}),
    ],
    'layers with regularisers': () => [
      flatten(),
      dense({units: 4, activation: 'tanh', kernelRegularizer: tf.regularizers.l2({l2: 0.1})}),
      dense({units: 2, kernelRegularizer: tf.regularizers.l1({l1: 0.1})}),
    ],
    convolutions: () => [
      conv2d({filters: 2, kernelSize: 2, activation: 'relu'}),
      depthwiseConv2d({kernelSize: 2, depthMultiplier: 2}),
      flatten(),
      dense({units: 2}),
    ],
  };
  for (const [name, build] of Object.entries(cases)) {
    for (const rule of Object.keys(dtp.updates) as dtp.UpdateRule[]) {
      it(`knows of every kernel how far it is to move, ‖ΔW‖ / ‖W‖: ${name}, '${rule}'`, () => {
        tf.tidy(() => {
          const model = tf.sequential({
            layers: [tf.layers.inputLayer({inputShape: [4, 4, 1]}), ...build()],
          });
          const x = tf.randomNormal([6, 4, 4, 1], 0, 1, 'float32', 1);
          const y = tf.randomNormal([6, 2], 0, 1, 'float32', 2);
          pass({update: {rule}}, model, lossOf(model, {x, y}), (step, propagation) => {
            const totals = totalChanges(step, propagation, 1);
            const kernels = totals.filter(({relativeMove}) => relativeMove !== null);
            expect(kernels.map(({variable}) => variable)).toEqual(
              step.records.map(({layer}) => layer.parameters()[0].read() as tf.Variable),
            );
            for (const {variable, total, relativeMove} of kernels) {
              expect(relativeMove).toBeGreaterThan(0);
              const measured = total.norm().div(variable.norm()).dataSync()[0];
              expect((relativeMove as number) / measured).toBeCloseTo(1, 3);
            }
          });
        });
      });
    }
  }

  it('knows that kernels of zeros that stay do not move', () => {
    const kernelInitializer = 'zeros';
    const layer = dense({units: 2, inputShape: [3], kernelInitializer, useBias: false});
    const model = tf.sequential({layers: [layer]});
    const loss = lossOf(model, {x: tf.ones([5, 3]), y: tf.zeros([5, 2])});
    pass({}, model, loss, (step, propagation) => {
      const totals = totalChanges(step, propagation, 1);
      expect(totals.map(({relativeMove}) => relativeMove)).toEqual([0]);
    });
  });

  for (const [what, config] of Object.entries<dtp.DTPOptimizerConfig>({
    'changes are clipped': {clipNorm: 1e-6},
    'no bound looks at it': {bounds: {weights: null, noise: null}},
  })) {
    it(`does not know where ${what}`, () => {
      const model = tf.sequential({layers: [dense({units: 2, inputShape: [3]})]});
      const loss = lossOf(model, {x: tf.ones([5, 3]), y: tf.zeros([5, 2])});
      pass(config, model, loss, (step, propagation) => {
        const totals = totalChanges(step, propagation, 1);
        expect(totals.map(({relativeMove}) => relativeMove)).toEqual([null, null]);
      });
    });
  }

  it('shortens what regularisers ask for by the bounds on the change', () => {
    const kernelRegularizer = tf.regularizers.l2({l2: 0.3});
    const layer = dense({units: 2, inputShape: [3], kernelRegularizer});
    const model = tf.sequential({layers: [layer]});
    const batch = {x: tf.randomNormal([5, 3]), y: tf.randomNormal([5, 2], 3)};
    const loss = lossOf(model, batch);
    const none = {together: null, decrease: null, shift: null, noise: null};
    const totalsWithin = (weights: number | null) => {
      let values: number[] = [];
      pass({bounds: {...none, weights}}, model, loss, (step, propagation) => {
        const totals = totalChanges(step, propagation, 1);
        values = totals.flatMap(({total}) => Array.from(total.dataSync()));
      });
      return values;
    };
    const [whole, bounded] = [totalsWithin(null), totalsWithin(0.01)];
    const part = bounded[0] / whole[0];
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(0.5);
    for (const [i, value] of bounded.entries()) expect(value / whole[i]).toBeCloseTo(part, 4);
  });

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
        pass(config, model, lossOf(model, batch), (step, propagation) => {
          const totals = () => totalChanges(step, propagation, 1).map(({total}) => total);
          // At first norms, too, which are found once a step; then the influence of each call.
          totals();
          expect(tensorsLeftBy(totals)).toBe(step.records.length);
        });
      });
    });
  }
});
