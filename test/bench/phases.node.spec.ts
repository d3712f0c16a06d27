import * as tf from '@tensorflow/tfjs';
import {engine} from '@tensorflow/tfjs';
import {type Phase, watchPhases} from '../../bench/phases';
import type {MethodName} from '../../examples/compare/methods';
import {type Network, networkFor} from '../../examples/compare/networks';
import {disposeRun, startRun} from '../../examples/compare/run';

const network: Network = networkFor({features: 6, classes: 3}, 'mlp', {hidden: [5, 4]});
const plan = {network, dtp: {}, decoder: {}, epochs: 1, stepsPerEpoch: 4};
const STEPS = 4;

const start = (method: MethodName) => startRun(plan, method, 0.1, 1);

async function train({model}: ReturnType<typeof start>): Promise<void> {
  const inputs = tf.randomUniform([8, 6], 0, 1, 'float32', 1);
  const targets = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3).toFloat();
  for (let step = 0; step < STEPS; step++) await model.trainOnBatch(inputs, targets);
  tf.dispose([inputs, targets]);
}

/** A clock that moves on by one with every look at it. */
function tickingClock(): {looks: () => number} {
  let looks = 0;
  spyOn(performance, 'now').and.callFake(() => looks++);
  return {looks: () => looks};
}

describe('The phases of a step', () => {
  const dtp = {forward: 1, outputGradient: 1, down: 1, update: 1, apply: 2, decoders: 1};
  const gradients = {forward: 1, outputGradient: 0, down: 1, update: 0, apply: 1, decoders: 0};
  const passed: Partial<Record<MethodName, Record<Phase, number>>> = {
    dtp,
    bp: dtp,
    adam: gradients,
    sgd: gradients,
  };
  for (const [method, expected] of Object.entries(passed) as [
    MethodName,
    Record<Phase, number>,
  ][]) {
    it(`are passed once by ${method}, those that it has, and apply again after decoders`, async () => {
      const run = start(method);
      const watch = watchPhases(run.optimizer);
      tickingClock();
      await train(run);
      watch.stop();
      for (const phase of Object.keys(expected) as Phase[]) {
        expect(watch.milliseconds[phase])
          .withContext(phase)
          .toBe(STEPS * expected[phase]);
      }
      disposeRun(run);
    });
  }

  it('cover a step from its beginning to its end, without a gap or an overlap', async () => {
    const run = start('dtp');
    const watch = watchPhases(run.optimizer);
    const {looks} = tickingClock();
    await train(run);
    watch.stop();
    // n looks at the clock during a step are n - 1 intervals between them.
    const total = Object.values(watch.milliseconds).reduce((sum, time) => sum + time);
    expect(total).toBe(looks() - STEPS);
    disposeRun(run);
  });

  it('change nothing in what a step computes', async () => {
    const [watched, free] = [start('dtp'), start('dtp')];
    const watch = watchPhases(watched.optimizer);
    await train(watched);
    watch.stop();
    await train(free);
    const values = ({model}: typeof free) => model.getWeights().map((weight) => weight.dataSync());
    expect(values(watched)).toEqual(values(free));
    [watched, free].forEach(disposeRun);
  });

  it('leave the optimizer and tfjs as they were, and are no longer counted', async () => {
    const run = start('dtp');
    const {minimize} = run.optimizer;
    const {gradients} = engine();
    const watch = watchPhases(run.optimizer);
    expect(run.optimizer.minimize).not.toBe(minimize);
    watch.stop();
    expect(run.optimizer.minimize).toBe(minimize);
    expect(engine().gradients).toBe(gradients);
    await train(run);
    expect(Object.values(watch.milliseconds).every((time) => time === 0)).toBeTrue();
    disposeRun(run);
  });
});
