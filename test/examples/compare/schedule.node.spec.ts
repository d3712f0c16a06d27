import * as tf from '@tensorflow/tfjs';
import {DTPOptimizer} from 'tfjs-dtp';
import {follow, schedules} from '../../../examples/compare/schedule';

describe('A schedule of rates', () => {
  it('falls along half a cosine from the whole rate to nothing', () => {
    const {cosine} = schedules;
    expect([0, 0.5, 1].map(cosine)).toEqual([1, 0.5, 0]);
    for (const t of [0.1, 0.25, 0.4]) expect(cosine(t) + cosine(1 - t)).toBeCloseTo(1, 12);
  });

  // A constant slope of 1: what momentum-free descent subtracts is the rate itself.
  const moves = (optimizer: tf.Optimizer, steps: number) => {
    const weight = tf.variable(tf.scalar(0));
    const positions = [0];
    for (let i = 0; i < steps; i++) {
      optimizer.minimize(() => weight.sum() as tf.Scalar, false, [weight]);
      positions.push(weight.dataSync()[0]);
    }
    weight.dispose();
    return positions.slice(1).map((position, i) => positions[i] - position);
  };

  const made: Record<string, (rate: number) => tf.Optimizer> = {
    'SGD with momentum': (rate) => tf.train.momentum(rate, 0),
    // On a constant slope a step of Adam is its rate.
    Adam: (rate) => tf.train.adam(rate),
  };
  for (const [name, make] of Object.entries(made)) {
    it(`is followed by ${name}, step by step`, () => {
      const optimizer = make(0.1);
      follow('cosine', optimizer, 0.1, 4);
      const expected = [0, 0.25, 0.5, 0.75].map((t) => 0.1 * schedules.cosine(t));
      const moved = moves(optimizer, 4);
      for (const [i, move] of moved.entries()) expect(move).toBeCloseTo(expected[i], 5);
    });

    it(`leaves ${name} alone where it is constant`, () => {
      const optimizer = make(0.1);
      follow('constant', optimizer, 0.1, 4);
      for (const move of moves(optimizer, 3)) expect(move).toBeCloseTo(0.1, 5);
    });
  }

  it('is followed by DTP, whose rate can be read', () => {
    const optimizer = new DTPOptimizer({learningRate: 0.5});
    follow('cosine', optimizer, 0.5, 2);
    const weight = tf.variable(tf.scalar(0));
    // It finds no paired layer, after it has been given its rate.
    for (const rate of [0.5, 0.25]) {
      expect(() => optimizer.minimize(() => weight.sum() as tf.Scalar)).toThrow();
      expect(optimizer.learningRate).toBeCloseTo(rate, 12);
    }
  });
});
