import * as tf from '@tensorflow/tfjs';
import {updates} from '../../src/updates/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {effect, made, penaltyFor, randomRows, reordered, stacked} from './rows';

const OPTIONS = {damping: 0.3};

onEveryBackend('updates', () => {
  for (const [name, update] of Object.entries(updates)) {
    for (const useBias of [true, false]) {
      for (const count of [1, 4, 30]) {
        describe(`${name} of ${count} rows ${useBias ? 'with' : 'without'} a bias`, () => {
          const random = () => randomRows(count, 6, 3, useBias);

          it('does not depend on the order of the rows', () => {
            const rows = random();
            const backwards = reordered(
              rows,
              Array.from({length: count}, (_, i) => count - 1 - i),
            );

            const [change, same] = [update(rows, OPTIONS), update(backwards, OPTIONS)];
            expectTensorsClose(stacked(same), stacked(change), 1e-5);
          });

          it('says how far the rows move, by X ΔW + 1 Δb, towards their targets and at all', () => {
            const rows = random();
            const change = update(rows, OPTIONS);

            const moved = effect(rows, change);
            expectTensorsClose(change.progress, rows.difference.mul(moved).sum(0), 1e-4);
            expectTensorsClose(change.squaredMove, moved.square().sum(), 1e-4);
            expect(change.progress.sum().dataSync()[0]).toBeGreaterThan(0);
          });

          it('is proportional to the differences, and nothing where they are zero', () => {
            const rows = random();
            const scaled = (factor: number) => {
              const difference = rows.difference.mul(factor) as tf.Tensor2D;
              return stacked(update({...rows, difference}, OPTIONS));
            };

            expectTensorsClose(scaled(-1e-6), scaled(1).mul(-1e-6), 1e-5);
            expectTensorsClose(scaled(0), tf.zeros(scaled(0).shape));
          });

          it('says the same where regularisers ask for something, too, and how far W moves', () => {
            const rows = {...random(), penalty: penaltyFor(6, 3, useBias)};
            const change = update(rows, OPTIONS);

            const moved = effect(rows, change);
            expectTensorsClose(change.progress, rows.difference.mul(moved).sum(0), 1e-4);
            expectTensorsClose(change.squaredMove, moved.square().sum(), 1e-4);
            expectTensorsClose(change.squaredKernel, made(change).kernel.square().sum(), 1e-4);
          });

          it('changes a bias only where there is one', () => {
            expect(update(random(), OPTIONS).bias?.shape).toEqual(useBias ? [3] : undefined);
          });

          it('leaves no tensor behind', () => {
            const rows = random();

            expect(tensorsLeftBy(() => update(rows, OPTIONS))).toBe(0);
            const penalised = {...rows, penalty: penaltyFor(6, 3, useBias)};
            expect(tensorsLeftBy(() => update(penalised, OPTIONS))).toBe(0);
          });
        });
      }
    }
  }
});
