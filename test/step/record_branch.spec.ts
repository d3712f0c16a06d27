import * as tf from '@tensorflow/tfjs';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {recordBranch} from '../../src/step/record_branch';
import {createStep} from '../../src/step/training_step';

describe('recordBranch', () => {
  it('gives the arms of its first call, unless one of them has been disposed of', () => {
    const step = createStep(resolveConfig({}), new Set(), () => {});
    const branch = {branches: 2, merge: 'sum'} as const;
    const x = tf.ones([3, 2]);
    const first = recordBranch(step, branch, x);
    const again = recordBranch(step, branch, x);
    for (const [i, arm] of again.entries()) expect(arm).toBe(first[i]);

    first[1].dispose();
    const others = recordBranch(step, branch, x);
    expect(others.map(({isDisposed}) => isDisposed)).toEqual([false, false]);
    step.dispose();
  });
});
