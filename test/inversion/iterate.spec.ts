import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {decodeDifference} from '../../src/inversion/decode_difference';
import {type AutoEncoder, type Inversion, inversions} from '../../src/inversion/index';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {randomMatrix} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {iterated, tanhPair} from './pairs';

onEveryBackend('invert', () => {
  for (const [name, scheme] of Object.entries(inversions) as Array<[string, Inversion]>) {
    describe(`by ${name}`, () => {
      it('starts at g(τ) where no start is known', () => {
        const {pair, target} = problem();
        const none = {...scheme, corrections: () => []};

        expectTensorsClose(iterated(none, pair, target, 1, null), pair.decode(target), 0);
      });

      it('finds the same by a decoder’s own difference as by two decodes', () => {
        const {pair, target, start} = problem();

        for (const from of [null, start]) {
          const expected = iterated(scheme, pair, target, 3, from);
          expectTensorsClose(
            iterated(scheme, withDifference(pair), target, 3, from),
            expected,
            1e-5,
          );
        }
      });

      it('leaves no tensor behind and keeps what it was lent', () => {
        const {pair, target, start} = problem();

        for (const from of [null, start]) {
          for (const iterations of [0, 1, 3]) {
            const attempt = () => iterated(scheme, pair, target, iterations, from);
            expect(tensorsLeftBy(attempt)).toBe(0);
          }
        }
        expect([target, start.x, start.y].some(({isDisposed}) => isDisposed)).toBeFalse();
      });
    });
  }

  it('gives a copy of the start for no iterations', () => {
    const {pair, target, start} = problem();
    const x = iterated(inversions.output, pair, target, 0, start);

    expectTensorsClose(x, start.x, 0);
    expect(x).not.toBe(start.x);
  });

  it('rejects what it cannot iterate with, saying what it takes', () => {
    const {pair, target} = problem();
    const tensors = tf.memory().numTensors;
    for (const iterations of ['a', undefined, -1, 0.5, Number.NaN]) {
      const options = {iterations: iterations as number};
      expect(() => dtp.invert(inversions.output, pair, target, options)).toThrowError(
        RangeError,
        /dtp\.invert: options\.iterations is .*, expected a whole number ≥ 0/,
      );
    }
    expect(() =>
      dtp.relax(inversions.output, [], target, {iterations: 1, tolerance: -1}),
    ).toThrowError(RangeError, /dtp\.relax: options\.tolerance is -1, expected a number ≥ 0/);
    expect(() => dtp.invert('output' as never, pair, target, {iterations: 1})).toThrowError(
      TypeError,
      /dtp\.invert: scheme is 'output', expected one of dtp\.inversions/,
    );
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('does not ask after the last iteration how near it came', async () => {
    const {pair, target, start} = problem();
    const kernelsOf = async (tolerance: number) => {
      const options = {iterations: 1, tolerance, safeguard: false};
      const {kernels} = await tf.profile(
        () => void dtp.invert(inversions.output, pair, target, options, start),
      );
      return kernels.length;
    };
    expect(await kernelsOf(1e-9)).toBe(await kernelsOf(0));
  });

  it('takes the image of the start as given, and encodes every other iterate once', () => {
    const {pair, target, start} = problem();
    const encode = spyOn(pair, 'encode').and.callThrough();

    iterated(inversions.output, pair, target, 4, start);
    expect(encode).toHaveBeenCalledTimes(4);
    iterated(inversions.output, pair, target, 4, null);
    expect(encode).toHaveBeenCalledTimes(4 + 5);
  });
});

onEveryBackend('decodeDifference', () => {
  it('is g(y + e) − g(y)', () => {
    const {pair, target: y} = problem();
    const e = tf.tensor2d(randomMatrix(2, 3, 9));

    const expected = pair.decode(y.add(e)).sub(pair.decode(y));
    expectTensorsClose(decodeDifference(pair, y, e), expected, 1e-5);
    expectTensorsClose(decodeDifference(withDifference(pair), y, e), expected, 1e-5);
  });

  it('keeps a displacement that two decodes lose to rounding, where the decoder has its own', () => {
    const {pair, target: y} = problem();
    const tiny = tf.fill([2, 3], 1e-9);

    expectTensorsClose(decodeDifference(pair, y, tiny), tf.zeros([2, 4]));
    expectTensorsClose(decodeDifference(withDifference(pair), y, tiny), pair.decode(tiny), 1e-6);
  });
});

function problem() {
  const pair = tanhPair(randomMatrix(4, 3, 1), randomMatrix(3, 4, 2));
  const x = tf.tensor2d(randomMatrix(2, 4, 4));
  return {pair, target: tf.tensor2d(randomMatrix(2, 3, 3)), start: {x, y: pair.encode(x)}};
}

/** The same pair, whose linear decoder takes differences in one product. */
function withDifference(pair: AutoEncoder): AutoEncoder {
  return {...pair, decodeDifference: (_y, e) => pair.decode(e)};
}
