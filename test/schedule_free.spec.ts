import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from './support/backends';
import {expectTensorsClose} from './support/expect_tensors';

const start = [2, -1];
/** g_1 … g_6 of two weights. */
const gradients = Array.from({length: 6}, (_, t) => [Math.sin(t + 1), Math.cos(3 * t)]);

/** The weights after a step along each of the gradients. */
function descended(config: dtp.ScheduleFreeConfig): tf.Variable {
  const optimizer = new dtp.ScheduleFreeSGD(config);
  const weights = tf.variable(tf.tensor1d(start));
  for (const gradient of gradients) {
    optimizer.applyGradients([{name: weights.name, tensor: tf.tensor1d(gradient)}]);
  }
  return weights;
}

/** z_0 … z_6 of one of the two weights. */
function iterates(weight: number, rate: number): number[] {
  const path = [start[weight]];
  for (const gradient of gradients) path.push((path.at(-1) as number) - rate * gradient[weight]);
  return path;
}

/** Σ t(t+1)…(t+p−1) z_t / Σ t(t+1)…(t+p−1) over t ≥ 1: what the recursion with c_t amounts to. */
function weightedMean(path: number[], power: number): number {
  const rising = (t: number) =>
    Array.from({length: power}, (_, i) => t + i).reduce((a, b) => a * b, 1);
  const weights = path.slice(1).map((_, i) => rising(i + 1));
  const sum = weights.reduce((total, weight) => total + weight);
  return weights.reduce((total, weight, i) => total + weight * path[i + 1], 0) / sum;
}

onEveryBackend('ScheduleFreeSGD', () => {
  it('is gradient descent without momentum', () => {
    const expected = [0, 1].map((weight) => iterates(weight, 0.3).at(-1) as number);
    expectTensorsClose(descended({learningRate: 0.3, momentum: 0}), expected);
  });

  for (const power of [0, 2, 8]) {
    for (const momentum of [0.6, 1]) {
      it(`puts weights ${momentum} of the way to the mean of its iterates: power ${power}`, () => {
        const expected = [0, 1].map((weight) => {
          const path = iterates(weight, 0.3);
          return (1 - momentum) * path[6] + momentum * weightedMean(path, power);
        });
        expectTensorsClose(descended({learningRate: 0.3, momentum, power}), expected);
      });
    }
  }

  it('settles where noise that turns at every step keeps gradient descent as far out as it is', () => {
    const distanceAfter = (steps: number, momentum: number) => {
      const optimizer = new dtp.ScheduleFreeSGD({momentum});
      const weight = tf.variable(tf.scalar(3));
      for (let t = 0; t < steps; t++) {
        const noise = t % 2 === 0 ? 1 : -1; // Of L = (w − noise)² / 2, with 0 the best for both.
        optimizer.applyGradients([{name: weight.name, tensor: weight.sub(noise)}]);
      }
      return Math.abs(weight.dataSync()[0]);
    };
    expect(distanceAfter(100, 0)).toBeCloseTo(1, 5);
    expect(distanceAfter(100, 0.9)).toBeLessThan(0.1);
  });

  it('leaves what gets no gradient where it is, and keeps its place for it', () => {
    const optimizer = new dtp.ScheduleFreeSGD();
    const [still, moved] = [tf.variable(tf.scalar(5)), tf.variable(tf.scalar(5))];
    const step = (tensors: Array<tf.Tensor | null>) =>
      optimizer.applyGradients(
        [still, moved].map(({name}, i) => ({name, tensor: tensors[i] as tf.Tensor})),
      );
    step([null, tf.scalar(1)]);
    expect(still.dataSync()[0]).toBe(5);
    expect(moved.dataSync()[0]).toBe(4);
    step([tf.scalar(1), null]);
    expect(still.dataSync()[0]).toBeLessThan(5);
    expect(moved.dataSync()[0]).toBe(4);
  });

  it('keeps the iterate of a variable for it, whichever others take part', () => {
    const [a, b, c] = [1, 2, 3].map((value) => tf.variable(tf.scalar(value)));
    const alone = [1, 2, 3].map((value) => tf.variable(tf.scalar(value)));
    const together = new dtp.ScheduleFreeSGD();
    const each = alone.map(() => new dtp.ScheduleFreeSGD());
    const gradient = tf.scalar(0.1);
    for (const taking of [[a, b], [b], [c, b], [b, a, c]]) {
      together.applyGradients(taking.map(({name}) => ({name, tensor: gradient})));
      for (const [i, variable] of [a, b, c].entries()) {
        const tensor = (taking.includes(variable) ? gradient : null) as tf.Tensor;
        each[i].applyGradients([{name: alone[i].name, tensor}]);
      }
    }
    for (const [i, variable] of [a, b, c].entries()) {
      expect(variable.dataSync()).toEqual(alone[i].dataSync());
    }
  });

  it('makes tensors at its first step only, and takes them with it', () => {
    const weights = tf.variable(tf.tensor1d(start));
    const gradient = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const optimizer = new dtp.ScheduleFreeSGD();
    const step = () => optimizer.applyGradients([{name: weights.name, tensor: gradient}]);
    step();
    expect(tf.memory().numTensors).toBe(before + 1);
    for (let t = 0; t < 5; t++) step();
    expect(tf.memory().numTensors).toBe(before + 1);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('ScheduleFreeSGD', () => {
  it('is an optimizer for any model', () => {
    const weight = tf.variable(tf.scalar(3));
    const optimizer = new dtp.ScheduleFreeSGD({learningRate: 0.1});
    const loss = () => weight.square() as tf.Scalar;
    const losses = Array.from({length: 30}, () => optimizer.minimize(loss, true)?.dataSync()[0]);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  it('takes over a state in place of its own, and adds nothing to what is trained by default', async () => {
    const weight = tf.variable(tf.scalar(3));
    const trainable = () =>
      Object.values(tf.engine().registeredVariables).filter((variable) => variable.trainable);
    const trained = trainable();
    const [optimizer, other] = [1, 2].map(() => new dtp.ScheduleFreeSGD());
    for (const each of [optimizer, other]) each.minimize(() => weight.square(), false, [weight]);
    expect(trainable()).toEqual(trained);
    const tensors = tf.memory().numTensors;
    const state = await other.getWeights();
    await optimizer.setWeights(state);
    tf.dispose(state[0].tensor);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(trainable()).toEqual(trained);
  });

  const refusals: Array<[dtp.ScheduleFreeConfig, RegExp]> = [
    [{learningRate: 0}, /learningRate is 0, expected a number above 0/],
    [{momentum: 1.5}, /momentum is 1.5, expected a number in \[0, 1\]/],
    [{power: Number.NaN}, /power is NaN, expected a number ≥ 0/],
    [
      {learningRate: Number.POSITIVE_INFINITY},
      /learningRate is Infinity, expected a number above 0/,
    ],
    [
      {rate: 1} as dtp.ScheduleFreeConfig,
      /no field "rate", expected.* learningRate, momentum, power/,
    ],
    [0.1 as dtp.ScheduleFreeConfig, /the configuration is 0.1, expected an object/],
  ];
  for (const [config, message] of refusals) {
    it(`refuses ${JSON.stringify(config)}`, () => {
      expect(() => new dtp.ScheduleFreeSGD(config)).toThrowError(message);
    });
  }
});
