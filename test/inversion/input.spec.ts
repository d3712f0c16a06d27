import * as tf from '@tensorflow/tfjs';
import {input} from '../../src/inversion/input';
import {contractionRate, invert} from '../../src/inversion/iterate';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  diagonal,
  identity,
  inverse,
  product,
  randomMatrix,
  scaled,
  spectralRadius,
  sum,
} from '../support/float64';
import {curvedPair, iterated, linearPair, tanhPair, wellConditioned} from './pairs';

const WIDTH = 6;

/** g = f⁻¹ + 0.1 N for f(x) = x A. */
function roughInverse(a: number[][]) {
  return sum(inverse(a), scaled(randomMatrix(WIDTH, WIDTH, 2), 0.1));
}

onEveryBackend('input', () => {
  it('errs by exactly (−E)^t ε_1 after t iterations, where f and g are linear and f ∘ g = I + E', () => {
    const a = wellConditioned(WIDTH, 1);
    const g = roughInverse(a);
    const target = randomMatrix(2, WIDTH, 3);
    const minusE = sum(identity(WIDTH), scaled(product(g, a), -1));

    // ε_{t+1} = f(g(u_t)) − τ, with u_0 = τ and ε_1 = τ E.
    let error = scaled(product(target, minusE), -1);
    for (let t = 0; t <= 6; t++) {
      const x = iterated(input, linearPair(a, g), tf.tensor2d(target), t, null);
      const expected = sum(target, error);
      expectTensorsClose(linearPair(a, g).encode(x), expected, 2e-6);
      error = product(error, minusE);
    }
  });

  it('may err more at first where only the spectral radius is below 1, and never where ‖E‖ is', () => {
    const shear = [
      [0.5, 4],
      [0, 0.5],
    ];
    const target = [[1, -8]];
    const lengths = (e: number[][]) => {
      const pair = linearPair(identity(2), sum(identity(2), e));
      return Array.from({length: 30}, (_, t) => {
        const x = iterated(input, pair, tf.tensor2d(target), t, null);
        return pair.encode(x).sub(target).norm().dataSync()[0];
      });
    };

    expect(spectralRadius(shear)).toBeCloseTo(0.5, 3);
    const sheared = lengths(shear);
    expect(sheared[1]).toBeGreaterThan(sheared[0]);
    expect(sheared[29]).toBeLessThan(1e-4 * sheared[0]);
    const norm = 0.9;
    const contracted = lengths(scaled(shear, norm / Math.sqrt(0.5 ** 2 + 4 ** 2 + 0.5 ** 2)));
    for (let t = 1; t < 30; t++) {
      expect(contracted[t]).toBeLessThan(norm * contracted[t - 1] + 1e-7);
    }
  });

  it('reaches f(x) = τ of a nonlinear f at the spectral radius of the Jacobian of f ∘ g, less I', () => {
    const a = wellConditioned(WIDTH, 1);
    const g = roughInverse(a);
    const solution = scaled(randomMatrix(1, WIDTH, 3), 0.4);
    const image = product(solution, a)[0].map(Math.tanh);
    const jacobian = product(g, a, diagonal(image.map((y) => 1 - y * y)));
    const rate = spectralRadius(sum(jacobian, scaled(identity(WIDTH), -1)));

    const target = tf.tensor2d([image]);
    const {errors, trace} = invert(input, tanhPair(a, g), target, {iterations: 60, trace: true});
    const [early, late] = [8, 14].map((t) => trace[t].residual.dataSync()[0]);
    expect(Math.abs((late / early) ** (1 / 6) / rate - 1)).toBeLessThan(0.02);
    const [measured] = contractionRate(trace.slice(0, 15))?.dataSync() ?? [];
    expect(Math.abs(measured / rate - 1)).toBeLessThan(0.05);
    expect(errors.kept.dataSync()[0]).toBeLessThan(1e-10);
  });

  it('solves f(x) = τ where g maps into a larger space, which `output` only does where g is injective', () => {
    const a = randomMatrix(WIDTH, 3, 4);
    const g = scaled(randomMatrix(3, WIDTH, 5), 0.1);
    const rightInverse = product(inverse(product(scaled(g, 1), a)), g);
    const rough = sum(rightInverse, scaled(randomMatrix(3, WIDTH, 6), 0.02));
    const target = tf.tensor2d(randomMatrix(2, 3, 7));
    const x = iterated(input, linearPair(a, rough), target, 60, null);

    expectTensorsClose(linearPair(a, rough).encode(x), target, 1e-5);
  });

  it('is g(u_t) with u_t = u + τ − f(g(u)) of a curved g', () => {
    const pair = curvedPair(wellConditioned(WIDTH, 1), roughInverse(wellConditioned(WIDTH, 1)));
    const target = tf.tensor2d(randomMatrix(2, WIDTH, 3)).mul(0.2);
    let u: tf.Tensor = target;
    for (let t = 0; t <= 4; t++) {
      expectTensorsClose(iterated(input, pair, target, t, null), pair.decode(u), 1e-5);
      u = u.add(target).sub(pair.encode(pair.decode(u)));
    }
  });

  it('makes Lee’s difference target in the first iteration from the activation', () => {
    const pair = tanhPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
    const target = tf.tensor2d(randomMatrix(2, 3, 3));
    const x = tf.tensor2d(randomMatrix(2, 4, 4));
    const y = pair.encode(x);

    const lees = x.add(pair.decode(target)).sub(pair.decode(y));
    expectTensorsClose(iterated(input, pair, target, 1, {x, y}), lees, 1e-6);
  });
});
