import * as tf from '@tensorflow/tfjs';
import type {PassedDown} from '../../src/influence/index';
import type {TrainingStep} from '../../src/step/training_step';
import {invertibleNet, LAYERS, type Net, pairedModel, WIDTH} from '../laws/invertible_net';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inner, type Matrix, product, scaled, transposed} from '../support/float64';
import {pass} from './pass';

const EXAMPLES = 40;
const CHECKED = 16;
/** Which examples have the largest targets. */
const places = {
  'the first': (b: number) => b < CHECKED,
  'the last': (b: number) => b >= EXAMPLES - CHECKED,
  'some here and there': (b: number) => (7 * b) % EXAMPLES < CHECKED,
};

onEveryBackend('the gain of a mini-batch of which some examples are checked', (backend) => {
  for (const [where, isLarge] of Object.entries(places)) {
    it(`follows from the ${CHECKED} with the largest targets, ${where}`, () => {
      tf.tidy(() => {
        const weights = weighting(isLarge, 1e-2);
        const exact = gainsAndSizes({checked: null}, weights);
        const actual = gainsAndSizes({checked: CHECKED}, weights);
        // From the top, as those below follow from what was found above.
        const [{gain, sent}] = exact;
        const large = weighting(isLarge, 0);
        const some = (t: tf.Tensor) => t.mul(large).sum();

        const together = some(gain.mul(sent)).div(some(sent));
        expect(gain.max().sub(gain.min()).dataSync()[0]).toBeGreaterThan(1e-3);
        // Where sizes cannot be read without waiting, every example has its own.
        const looks = ['cpu', 'wasm'].includes(backend);
        expectTensorsClose(actual[0].gain, looks ? together : gain, 1e-3);
      });
    });
  }

  it('is that of every example where decoders are transposes, whatever their size', () => {
    tf.tidy(() => {
      const net = invertibleNet('tanh').map((layer, l) => ({
        ...layer,
        decoder: scaled(transposed(layer.kernel), 0.1 + 0.1 * l),
      }));
      const weights = weighting(places['some here and there'], 0.1);
      const [exact, actual] = [null, CHECKED].map((checked) =>
        gainsAndSizes({checked}, weights, net),
      );
      expect(exact.length).toBe(LAYERS - 1);
      for (const [i, {gain, sent, size}] of exact.entries()) {
        const reached = gain.mul(sent).div(size);
        expect(reached.max().div(reached.min()).dataSync()[0]).toBeGreaterThan(1.5);
        expectTensorsClose(actual[i].gain.div(gain), tf.onesLike(gain), 1e-3);
      }
    });
  });

  it('is found where all other examples want nothing', () => {
    tf.tidy(() => {
      for (const isLarge of Object.values(places)) {
        const gains = gainsAndSizes({checked: CHECKED}, weighting(isLarge, 0));
        for (const {gain, sent, size} of gains) {
          const together = gain.mul(sent).sum().div(size.sum());
          expect(together.dataSync()[0]).toBeGreaterThan(0.01);
        }
      }
    });
  });

  it('is 0 where no example wants anything', () => {
    tf.tidy(() => {
      const [{gain}] = gainsAndSizes({checked: CHECKED}, tf.zeros([EXAMPLES]));
      expectTensorsClose(gain, tf.zerosLike(gain), 0);
    });
  });

  for (const settings of [{checked: null}, {checked: EXAMPLES}, {safeguard: true}]) {
    it(`is that of every example by itself with ${JSON.stringify(settings)}`, () => {
      tf.tidy(() => {
        const weights = weighting(places['the first'], 0.5);
        const [{gain}] = gainsAndSizes(settings, weights);
        const each = Array.from({length: EXAMPLES}, (_, b) => {
          const alone = tf.oneHot(b, EXAMPLES).toFloat().mul(weights) as tf.Tensor1D;
          return gainsAndSizes({checked: null}, alone)[0].gain.slice(b, 1);
        });

        expectTensorsClose(gain, tf.concat(each), 1e-4);
      });
    });
  }

  for (const checked of [null, CHECKED]) {
    it(`is 0 where a decoder leads the other way: ${checked ?? 'all'} examples checked`, () => {
      tf.tidy(() => {
        const net = invertibleNet('tanh').map((layer) => ({
          ...layer,
          decoder: scaled(transposed(layer.kernel), -1),
        }));
        for (const {gain, sent} of gainsAndSizes(
          {checked},
          weighting(places['the first'], 0.1),
          net,
        )) {
          expectTensorsClose(gain, tf.zerosLike(gain), 0);
          expect(sent.min().dataSync()[0]).toBeGreaterThan(0);
        }
      });
    });
  }

  it('counts with the safeguard what f makes of the target passed down, however large that is', () => {
    tf.tidy(() => {
      const net = invertibleNet('tanh');
      const look = ({records}: TrainingStep) => {
        for (const [l, {difference, passed, below}] of records.entries()) {
          if (below === null) continue;
          const [d, h, found] = [difference, below.preActivation, below.record.difference].map(
            (t) => (t as tf.Tensor).arraySync() as Matrix,
          );
          const gains = d.map((wanted, b) => {
            const moved = found[b].map((e, i) => Math.tanh(h[b][i] + e) - Math.tanh(h[b][i]));
            const [reached] = product([moved], net[l].kernel);
            const sent = inner(found[b], found[b]);
            // The safeguard may keep the activation.
            return sent === 0 ? 0 : inner(wanted, reached) / sent;
          });
          expectTensorsClose((passed as PassedDown).gain, gains, 1e-3);
        }
      };
      run({safeguard: true}, weighting(places['the first'], 0.5), false, look, net, 1);
    });
  });

  it('and all targets are the same, to the last bit, in a step that is observed', () => {
    tf.tidy(() => {
      const weights = weighting(places['the last'], 0.1);
      const [plain, observed] = [false, true].map((observe) =>
        run({checked: CHECKED}, weights, observe, ({records}) =>
          records.flatMap(({difference, passed}) => [
            (difference as tf.Tensor).clone(),
            ...(passed === null ? [] : [passed.gain.clone()]),
          ]),
        ),
      );
      expect(observed.length).toBe(plain.length);
      for (const [i, tensor] of plain.entries()) expectTensorsClose(observed[i], tensor, 0);
    });
  });
});

type Settings = {checked?: number | null; safeguard?: boolean};

/** 1 for the examples with large targets, and as given for the others. */
function weighting(isLarge: (b: number) => boolean, others: number): tf.Tensor1D {
  return tf.tensor1d(Array.from({length: EXAMPLES}, (_, b) => (isLarge(b) ? 1 : others)));
}

/** κ_l, ‖d_l‖² and ‖d_{l−1}‖² of the layers that pass targets down, from the top. */
function gainsAndSizes(inversion: Settings, weights: tf.Tensor1D, net: Net | null = null) {
  return run(
    inversion,
    weights,
    false,
    ({records}) =>
      records
        .filter(({passed}) => passed !== null)
        .reverse()
        .map(({passed, difference}) => ({
          gain: (passed as PassedDown).gain.clone(),
          sent: (passed as PassedDown).squaredNorm.clone(),
          size: (difference as tf.Tensor).square().sum(1),
        })),
    net,
  );
}

/**
 * One pass of a tanh network whose squared errors have weights, by decoders that are far from exact, or of
 * one with the decoders that it has.
 */
function run<Result>(
  inversion: Settings,
  weights: tf.Tensor1D,
  observe: boolean,
  look: (step: TrainingStep) => Result,
  net: Net | null = null,
  beta = 1e-3,
): Result {
  const model = pairedModel(net ?? invertibleNet('tanh'));
  const x = tf.randomNormal([EXAMPLES, WIDTH], 0, 1, 'float32', 1);
  const y = tf.randomNormal([EXAMPLES, WIDTH], 0, 1, 'float32', 2);
  const loss = () => {
    const errors = (model.apply(x) as tf.Tensor).sub(y).square().sum(1);
    return errors.mul(weights).mean() as tf.Scalar;
  };
  const observers = observe ? [{recorded: () => {}, determined: () => {}}] : [];
  return pass({inversion, beta}, model, loss, look, net === null ? 3 : 0, observers);
}
