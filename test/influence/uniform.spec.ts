import {uniform} from '../../src/influence/uniform';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {contextOf} from './context';

onEveryBackend('uniform', () => {
  for (const layers of [1, 2, 5]) {
    it(`lets each of ${layers} layers take one part in ${layers}`, () => {
      const context = contextOf({squaredNorm: [3, 0], output: [9, 9], layers});

      expectTensorsClose(uniform.scale(context), [1 / layers, 1 / layers], 1e-6);
    });
  }
});
