import {paper} from '../../src/influence/paper';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {contextOf} from './context';

onEveryBackend('paper', () => {
  it('is ‖d_L‖² / ‖d_l‖²', () => {
    const context = contextOf({squaredNorm: [2, 5, 0.5], output: [6, 1, 0]});

    expectTensorsClose(paper.scale(context), [3, 0.2, 0], 1e-6);
  });

  it('is 0, not NaN or infinite, where the layer has nothing to move', () => {
    const context = contextOf({squaredNorm: [0, 0], output: [6, 0]});

    expectTensorsClose(paper.scale(context), [0, 0], 0);
  });
});
