import {none} from '../../src/influence/none';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {contextOf} from './context';

onEveryBackend('none', () => {
  it('lets every layer take its whole step', () => {
    const context = contextOf({squaredNorm: [3, 0], output: [9, 9], layers: 4});

    expectTensorsClose(none.scale(context), [1, 1], 0);
  });
});
