import {influences} from '../../src/influence/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {contextOf} from './context';

const consumer = {gain: [2, 1.5], influence: [1, 1], sent: [2, 3]};

onEveryBackend('influences', () => {
  for (const [name, {scale}] of Object.entries(influences)) {
    describe(name, () => {
      it('lets an output layer that moves alone take its whole step', () => {
        expectTensorsClose(scale(contextOf({squaredNorm: [4, 9]})), [1, 1], 1e-6);
      });

      it('gives every example its share, and only of its own numbers', () => {
        const both = {squaredNorm: [2, 3], output: [4, 8], consumers: [consumer], layers: 2};
        const otherSecond = {
          ...both,
          squaredNorm: [2, 30],
          output: [4, 80],
          consumers: [{gain: [2, 0.3], influence: [1, 2], sent: [2, 30]}],
        };

        const [first] = scale(contextOf(both)).dataSync();
        expect(scale(contextOf(otherSecond)).shape).toEqual([2]);
        expect(scale(contextOf(otherSecond)).dataSync()[0]).toBeCloseTo(first, 6);
      });

      it('is finite where every difference is zero', () => {
        const nothing = {gain: [0], influence: [1], sent: [0]};
        const context = contextOf({squaredNorm: [0], consumers: [nothing], layers: 2});

        expect(scale(context).dataSync()[0]).toBeGreaterThanOrEqual(0);
        expect(scale(context).dataSync()[0]).toBeLessThanOrEqual(1);
      });

      it('leaves no tensor behind', () => {
        const output = contextOf({squaredNorm: [4, 8], layers: 2});
        const hidden = contextOf({squaredNorm: [2, 3], consumers: [consumer, consumer], layers: 2});

        expect(tensorsLeftBy(() => scale(output))).toBe(0);
        expect(tensorsLeftBy(() => scale(hidden))).toBe(0);
      });
    });
  }
});
