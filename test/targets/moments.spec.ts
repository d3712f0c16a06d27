import * as tf from '@tensorflow/tfjs';
import {weigh} from '../../src/influence/weigh';
import type {DTPOptimizerConfig} from '../../src/optimizer/config';
import type {TrainingStep} from '../../src/step/training_step';
import {momentCount, showMoment} from '../../src/targets/moments';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {lossOf, pass} from './pass';

const architecture = architectures['deep tanh without bias'];

/** Targets and shares of every layer, as the step leaves them and `look` shows them. */
function found(config: DTPOptimizerConfig, look: (step: TrainingStep) => void): tf.Tensor[] {
  const [, paired] = stockAndPaired(architecture);
  const loss = lossOf(paired, data(architecture, 5));
  return pass({schedule: 'parallel', ...config}, paired, loss, (step) => {
    look(step);
    weigh(step);
    return step.records.flatMap(({difference, influence}) => [
      (difference as tf.Tensor).clone(),
      (influence as tf.Tensor).clone(),
    ]);
  });
}

onEveryBackend('showMoment', () => {
  it('gives the targets and the shares of a relaxation that stopped after that sweep', () => {
    tf.tidy(() => {
      const sweeps = 6;
      for (let t = 0; t < sweeps; t++) {
        const moment = found({inversion: {iterations: sweeps}, online: {}}, (step) => {
          expect(momentCount(step)).toBe(sweeps);
          showMoment(step, t);
        });
        const stopped = found({inversion: {iterations: t + 1}}, (step) => {
          expect(momentCount(step)).toBe(1);
        });
        for (const [i, tensor] of moment.entries()) expectTensorsClose(tensor, stopped[i], 1e-5);
      }
    });
  });
});
