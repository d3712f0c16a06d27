import * as tf from '@tensorflow/tfjs';
import {type Correction, type Inversion, inversions, schemes} from '../../src/inversion/index';
import {approach, invert, type Link, relax, type Start} from '../../src/inversion/iterate';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inverse, randomMatrix, scaled, sum} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {tanhPair, wellConditioned} from './pairs';

const WIDTH = 6;
const LAYERS = 4;

/** Four tanh layers with rough inverses, from the top, a batch, and a target near their output. */
function chainAndTarget(from: 'activation' | 'decoder') {
  let x: tf.Tensor = tf.tensor2d(randomMatrix(3, WIDTH, 5)).mul(0.3);
  const chain: Link[] = [];
  for (let l = 0; l < LAYERS; l++) {
    const a = wellConditioned(WIDTH, 10 + l);
    const rough = sum(inverse(a), scaled(randomMatrix(WIDTH, WIDTH, 20 + l), 0.05));
    const pair = tanhPair(a, rough);
    const y = pair.encode(x);
    chain.unshift({pair, start: from === 'activation' ? {x, y} : null});
    x = y;
  }
  const target = x.add(tf.tensor2d(randomMatrix(3, WIDTH, 6)).mul(0.02)) as tf.Tensor;
  return {chain, target};
}

/** Link after link, each with the target that the one above found. */
function oneAfterTheOther(scheme: Inversion, chain: Link[], target: tf.Tensor) {
  let wanted = target;
  return chain.map(({pair, start}) => {
    wanted = invert(scheme, pair, wanted, {iterations: 60}, start).x;
    return wanted;
  });
}

onEveryBackend('relax', () => {
  for (const name of ['output', 'input'] as const) {
    for (const from of ['activation', 'decoder'] as const) {
      it(`reaches the fixed point of inverting link after link: ${name}, from the ${from}`, () => {
        const {chain, target} = chainAndTarget(from);
        const together = relax(inversions[name], chain, target, {iterations: 60});

        const expected = oneAfterTheOther(inversions[name], chain, target);
        for (const [l, {x}] of together.entries()) expectTensorsClose(x, expected[l], 1e-4);
      });
    }
  }

  it('moves from known points one link further an iteration, and leaves the others exactly there', () => {
    const {chain, target} = chainAndTarget('activation');

    for (let iterations = 0; iterations <= LAYERS; iterations++) {
      const found = relax(inversions.output, chain, target, {iterations});
      for (const [l, {x}] of found.entries()) {
        const start = (chain[l].start as Start).x;
        const moved = x.sub(start).abs().max().dataSync()[0] > 0;
        expect(moved).toBe(l < iterations);
      }
    }
  });

  it('starts where no points are known at τ_{l−1} = g_l(τ_l)', () => {
    const {chain, target} = chainAndTarget('decoder');
    let expected = target;
    for (const [l, {x}] of relax(inversions.output, chain, target, {iterations: 0}).entries()) {
      expected = chain[l].pair.decode(expected);
      expectTensorsClose(x, expected, 1e-6);
    }
  });

  it('is valid whenever it stops: no link is further from its target than at its start', () => {
    for (const from of ['activation', 'decoder'] as const) {
      const {chain, target} = chainAndTarget(from);
      for (let iterations = 1; iterations <= 6; iterations++) {
        for (const {errors} of relax(inversions.output, chain, target, {iterations})) {
          expect(errors.kept.lessEqual(errors.start).all().dataSync()[0]).toBe(1);
        }
      }
    }
  });

  it('shows after every iteration what it would return if it stopped there', () => {
    const {chain, target} = chainAndTarget('activation');
    const shown: tf.Tensor[][] = [];
    const onIteration = (found: Start[]) => {
      shown.push(found.map(({x}) => tf.keep(x.clone())));
    };

    relax(inversions.output, chain, target, {iterations: 5, onIteration});
    expect(shown.length).toBe(5);
    for (const [t, xs] of shown.entries()) {
      const stopped = relax(inversions.output, chain, target, {iterations: t + 1});
      for (const [l, x] of xs.entries()) expectTensorsClose(stopped[l].x, x, 0);
    }
    tf.dispose(shown);
  });

  it('keeps every iterate within bounds', () => {
    const {chain, target} = chainAndTarget('decoder');
    const bounded = chain.map((link) => ({
      ...link,
      confine: (x: tf.Tensor) => x.clipByValue(-0.05, 0.05),
    }));

    for (const {x} of relax(inversions.output, bounded, target, {iterations: 3})) {
      expect(x.abs().max().dataSync()[0]).toBeLessThanOrEqual(0.0500001);
    }
  });

  it('takes a correction of one’s own that tidies what it finds, f(x) among it', () => {
    const tidied: Inversion = {
      ...inversions.output,
      corrections: (iterations) =>
        inversions.output.corrections(iterations).map(
          (correct): Correction =>
            (pair, target, at) => {
              const moved = tf.tidy(() => correct(pair, target, at).x.clone());
              return {u: at.u, x: moved};
            },
        ),
    };
    const {chain, target} = chainAndTarget('decoder');
    const bare = {iterations: 3, safeguard: false};
    const found = relax(tidied, chain, target, bare);

    const expected = relax(inversions.output, chain, target, bare);
    for (const [l, {x, y}] of found.entries()) {
      expectTensorsClose(x, expected[l].x, 0);
      expectTensorsClose(y, expected[l].y, 0);
    }
  });

  for (const [name, scheme] of Object.entries(schemes)) {
    for (const from of ['activation', 'decoder'] as const) {
      it(`has a twin that finds the same x with one f less a link: ${name}, from the ${from}`, () => {
        for (const options of [{iterations: 3}, {iterations: 5, tolerance: 0.5}]) {
          const {chain, target} = chainAndTarget(from);
          const calls = chain.map(({pair}) => spyOn(pair, 'encode').and.callThrough());
          const count = () => calls.reduce((sum, {calls}) => sum + calls.count(), 0);

          const found = relax(scheme, chain, target, {...options, safeguard: false});
          const all = count();
          for (const spy of calls) spy.calls.reset();
          const xs = approach(scheme, chain, target, options);
          // A tolerance asks how near the last iterate comes.
          expect(all - count()).toBe('tolerance' in options && name !== 'none' ? 0 : LAYERS);
          for (const [l, {x}] of found.entries()) expectTensorsClose(xs[l], x, 0);
        }
      });
    }
  }

  it('leaves no tensor behind and keeps what it was lent', () => {
    const {chain, target} = chainAndTarget('activation');

    for (const find of [relax, approach]) {
      const left = tensorsLeftBy(() => find(inversions.output, chain, target, {iterations: 3}));
      expect(left).toBe(0);
    }
    const starts = chain.map(({start}) => start as Start);
    expect(starts.some(({x, y}) => x.isDisposed || y.isDisposed)).toBeFalse();
  });
});
