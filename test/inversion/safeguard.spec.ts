import * as tf from '@tensorflow/tfjs';
import {type Inversion, inversions} from '../../src/inversion/index';
import {contractionRate, invert, type Link, relax} from '../../src/inversion/iterate';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inverse, product, randomMatrix, scaled, sum} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {linearPair, tanhPair, wellConditioned} from './pairs';

const WIDTH = 6;
const a = wellConditioned(WIDTH, 1);

onEveryBackend('the safeguard of an inversion', () => {
  for (const [name, scheme] of Object.entries(inversions) as Array<[string, Inversion]>) {
    if (scheme.corrections(8).length === 0) continue;

    it(`catches g = 2.2 f⁻¹, whose error grows 1.2-fold an iteration, at the start: ${name}`, () => {
      const pair = linearPair(a, scaled(inverse(a), 2.2));
      const target = tf.tensor2d(randomMatrix(3, WIDTH, 2));
      const start = {x: tf.zerosLike(target), y: tf.zerosLike(target)};

      const {x, errors, trace} = invert(scheme, pair, target, {iterations: 8, trace: true}, start);
      expectTensorsClose(x, start.x);
      expectTensorsClose(errors.kept, errors.start, 1e-6);
      const growth = 1.2 ** (2 * trace.length);
      expectTensorsClose(errors.last, errors.start.mul(growth), 1e-4);
      expectTensorsClose(contractionRate(trace) as tf.Tensor, tf.fill([3], 1.2), 1e-4);
    });

    it(`never returns a worse target than the start, for any decoder: ${name}`, () => {
      for (let seed = 0; seed < 5; seed++) {
        const g = sum(scaled(inverse(a), 1 + seed / 2), scaled(randomMatrix(6, 6, seed), 0.5));
        const x = tf.tensor2d(randomMatrix(4, WIDTH, 10 + seed));
        const pair = tanhPair(a, g);
        const start = {x, y: pair.encode(x)};
        const target = start.y.add(tf.tensor2d(randomMatrix(4, WIDTH, 20 + seed)).mul(0.1));

        for (const from of [start, null]) {
          const found = invert(scheme, pair, target, {iterations: 5}, from);
          const {errors} = found;
          expect(errors.kept.lessEqual(errors.start).all().dataSync()[0]).toBe(1);
          expectTensorsClose(found.y, pair.encode(found.x), 1e-6);
        }
      }
    });
  }

  it('inverts towards what is kept of a link above that diverges, not towards its iterates', () => {
    const b = wellConditioned(WIDTH, 2);
    // Without a known point even the start, which is kept, is no fixed point.
    const upper: Link = {pair: linearPair(a, scaled(inverse(a), 2.2)), start: null};
    const lower: Link = {pair: linearPair(b, scaled(inverse(b), 0.7)), start: null};
    const target = tf.tensor2d(randomMatrix(3, WIDTH, 2));

    const options = {iterations: 6};
    const [above, below] = relax(inversions.output, [upper, lower], target, options);
    expectTensorsClose(above.x, upper.pair.decode(target), 1e-5);
    const expected = invert(inversions.output, lower.pair, above.x, options);
    expectTensorsClose(below.x, expected.x, 1e-5);
  });

  it('judges every example by itself', () => {
    // f = I, and g = 1 and 2.2 times its inverse in the two units.
    const pair = {
      encode: (x: tf.Tensor) => x.clone(),
      decode: (y: tf.Tensor) => y.mul([[1, 2.2]]),
    };
    const target = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    const zero = {x: tf.zeros([2, 2]), y: tf.zeros([2, 2])};

    const {x} = invert(inversions.output, pair, target, {iterations: 3}, zero);
    expect(x.arraySync()).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  it('takes an iterate that is not a number for the worst of all', () => {
    const pair = {
      encode: (x: tf.Tensor) => x.clone(),
      decode: (y: tf.Tensor) => y.div(tf.zerosLike(y)),
    };
    const zero = {x: tf.zeros([1, 2]), y: tf.zeros([1, 2])};

    const {x} = invert(inversions.output, pair, tf.ones([1, 2]), {iterations: 2}, zero);
    expect(x.arraySync()).toEqual([[0, 0]]);
  });
});

onEveryBackend('the tolerance of an inversion', () => {
  const pair = linearPair(a, scaled(inverse(a), 0.5));

  it('stops at the first iterate that is near enough: the error halves, so after t with 2⁻ᵗ ≤ tolerance', () => {
    const target = tf.tensor2d(randomMatrix(2, WIDTH, 3));
    for (const [tolerance, expected] of [
      [0.3, 2],
      [0.1, 4],
      [0, 20],
    ]) {
      const encode = jasmine.createSpy('encode').and.callFake(pair.encode);
      const zero = {x: tf.zerosLike(target), y: tf.zerosLike(target)};
      const options = {iterations: 20, tolerance};
      const {x} = invert(inversions.output, {...pair, encode}, target, options, zero);

      expect(encode).toHaveBeenCalledTimes(expected);
      const reached = scaled(product(target.arraySync(), inverse(a)), 1 - 0.5 ** expected);
      expectTensorsClose(x, reached, 1e-5);
    }
  });

  it('is that of every link of a chain, also of the slowest', () => {
    const tolerance = 0.2;
    for (const factors of [
      [0.9, 0.1],
      [0.1, 0.9],
    ]) {
      // The error of a link that has a fixed target shrinks by 1 − factor an iteration.
      const chain = factors.map((factor, l): Link => {
        const w = wellConditioned(WIDTH, 4 + l);
        return {pair: linearPair(w, scaled(inverse(w), factor)), start: null};
      });
      const target = tf.tensor2d(randomMatrix(2, WIDTH, 3));
      for (const {errors} of relax(inversions.output, chain, target, {
        iterations: 100,
        tolerance,
      })) {
        const left = errors.kept.sum().div(errors.start.sum()).sqrt().dataSync()[0];
        expect(left).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('leaves no tensor behind, nor does a trace', () => {
    const target = tf.tensor2d(randomMatrix(2, WIDTH, 3));
    const options = {iterations: 20, tolerance: 0.1, trace: true};

    expect(tensorsLeftBy(() => invert(inversions.input, pair, target, options))).toBe(0);
  });
});
