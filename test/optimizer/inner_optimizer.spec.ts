import * as tf from '@tensorflow/tfjs';
import {innerOptimizer} from '../../src/optimizer/inner_optimizer';

const MOMENTUM = {className: 'Momentum', config: {learningRate: 1, momentum: 0.5}};

/** The velocities of the optimizer, as the variables move by them where their gradients are 0. */
function velocities(optimizer: ReturnType<typeof innerOptimizer>, names: string[]): number[] {
  const variables = names.map((name) => tf.engine().registeredVariables[name]);
  const before = variables.map((variable) => variable.dataSync()[0]);
  optimizer.applyGradients(names.map((name) => ({name, tensor: tf.scalar(0)})));
  return variables.map((variable, i) => before[i] - variable.dataSync()[0]);
}

/** An optimizer that has the state of another one, which moved variables of such names by 1, 2, ... */
async function resumed(saved: string[]) {
  const optimizer = innerOptimizer('optimizer', MOMENTUM);
  const variables = saved.map((name) => tf.variable(tf.scalar(0), true, name));
  optimizer.applyGradients(saved.map((name, i) => ({name, tensor: tf.scalar(i + 1)})));
  const other = innerOptimizer('optimizer', MOMENTUM);
  await other.setWeights(await optimizer.getWeights());
  for (const variable of variables) variable.dispose();
  return other;
}

describe('The state of an inner optimizer, loaded', () => {
  const cases: Array<[what: string, saved: string[], named: string[], found: number[]]> = [
    ['under the same names', ['w_1', 'w_2'], ['w_1', 'w_2'], [1, 2]],
    ['under the same names in another order', ['w_1', 'w_2'], ['w_2', 'w_1'], [2, 1]],
    ['where the names were taken', ['a/w', 'b/w'], ['a/w_3', 'b/w_1'], [1, 2]],
    ['where names with numbers were taken', ['w_1', 'w_2'], ['w_1_1', 'w_2_1'], [1, 2]],
    ['where the first of two alike was taken', ['k', 'k_1'], ['k_1', 'k_2'], [1, 2]],
    ['in a process where they are not taken any more', ['k_4', 'k_5'], ['k', 'k_1'], [1, 2]],
    ['by the surest name first', ['w_1', 'v'], ['w_2', 'w_1', 'v'], [0, 1, 2]],
  ];
  for (const [what, saved, named, found] of cases) {
    it(`belongs to the variables that it was saved of: ${what}`, async () => {
      const optimizer = await resumed(saved);
      for (const name of named) tf.variable(tf.scalar(0), true, name);
      expect(velocities(optimizer, named)).toEqual(found.map((velocity) => velocity / 2));
      for (const name of named) tf.engine().registeredVariables[name].dispose();
      optimizer.dispose();
    });
  }

  it('is refused by variables that none of it is of', async () => {
    const optimizer = await resumed(['w']);
    const variable = tf.variable(tf.scalar(0), true, 'other');
    expect(() => velocities(optimizer, ['other'])).toThrowError(/of "w", none of them here/);
    variable.dispose();
    optimizer.dispose();
  });
});
