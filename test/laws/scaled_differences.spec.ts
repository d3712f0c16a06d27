import * as tf from '@tensorflow/tfjs';
import {type InfluenceName, influences} from '../../src/influence/index';
import {weigh} from '../../src/influence/weigh';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import type {LayerRecord, TrainingStep} from '../../src/step/training_step';
import type {Propagation} from '../../src/targets/propagate';
import {scaleOf} from '../../src/targets/scale_down';
import {norms, scaleExamples} from '../../src/tensors/per_example';
import {diagnose} from '../monitor/diagnose';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {inner, type Matrix, product, scaled, transposed} from '../support/float64';
import {lossOf, pass} from '../targets/pass';
import {
  difference,
  expectClose,
  invertibleNet,
  type Loss,
  type Net,
  pairedModel,
  rotation,
  rounding,
  wanted,
  x,
} from './invertible_net';

const names = Object.keys(influences) as InfluenceName[];

onEveryBackend('Differences of uniform magnitude with a scalar (Bengio 2020, §10.4)', () => {
  for (const [name, architecture] of Object.entries(architectures)) {
    it(`make the same updates as those that travel as they are: ${name}`, () => {
      tf.tidy(() => {
        const [, paired] = stockAndPaired(architecture);
        const loss = lossOf(paired, data(architecture, 5));
        const changes = (influence: InfluenceName, scaled: boolean, decoderSteps = 0) => {
          const config = {beta: 1e-6, influence, scaled};
          const look = (step: TrainingStep, {gradients}: Propagation) => {
            weigh(step);
            const others = Object.values(gradients).filter((gradient) => gradient !== null);
            return [...step.records.map(stepOf), ...others].map((tensor) => tensor.clone());
          };
          return pass(config, paired, loss, look, decoderSteps);
        };
        changes('none', false, 20);
        for (const influence of names) {
          const plain = changes(influence, false);
          for (const [i, tensor] of changes(influence, true).entries()) {
            expectTensorsClose(tensor, plain[i], rounding());
          }
        }
      });
    });
  }

  it('have the length of the output’s, for every example and layer of a directly linked net', () => {
    takeScaledStep(invertibleNet(), 'paper', (records) => {
      const expected = norms(records[records.length - 1].difference as tf.Tensor);
      for (const {difference} of records) {
        expectTensorsClose(norms(difference as tf.Tensor), expected, 1e-5);
      }
    });
  });

  it('times the scalar are τ − h', () => {
    const targets = (scaled: boolean) =>
      takeScaledStep(
        invertibleNet(),
        'paper',
        (records) =>
          records.map((record) =>
            scaleExamples(record.difference as tf.Tensor, scaleOf(record)).arraySync(),
          ) as Matrix[],
        scaled,
      );
    const [plain, uniform] = [targets(false), targets(true)];
    for (const [l, difference] of uniform.entries()) expectClose(difference, plain[l]);
  });

  const chains: Record<string, number[]> = {
    '1e12 over 12 layers': Array(12).fill(10),
    '1e-12 over 12 layers': Array(12).fill(0.1),
    '1e12 and 1e-12 in turn': Array.from({length: 12}, (_, l) => (l % 2 === 0 ? 1e12 : 1e-12)),
    '1e24 over 12 layers': Array(12).fill(100),
    '1e-24 over 12 layers': Array(12).fill(0.01),
  };
  for (const [name, gains] of Object.entries(chains)) {
    for (const influence of names) {
      it(`survive gains of ${name}: '${influence}'`, () => {
        const net = rotations(gains);
        const steps = takeScaledStep(net, influence, stepsOf);
        const expected = exactSteps(net, influence);
        for (const [l, step] of steps.entries()) {
          const missed = largest(difference(step, expected[l]));
          expect(missed).toBeLessThanOrEqual(1e-4 * largest(expected[l]) + 2 * SMALLEST);
        }
      });
    }
  }

  it('are the default where more than 14 layers pass their target down', () => {
    for (const [passing, expected] of [
      [14, false],
      [15, true],
    ] as const) {
      const net = rotations(Array(passing + 1).fill(0.1));
      const areScaled = (records: LayerRecord[]) =>
        records.slice(1).map(({logScaleBelow}) => logScaleBelow !== null);
      const {scaled} = resolveConfig({});
      expect(takeScaledStep(net, 'measured', areScaled, scaled)).toEqual(
        Array(passing).fill(expected),
      );
    }
  });

  it('of an example that wants nothing are 0 in every layer, where others tell what targets reach', () => {
    const options = {wants: wantsOfOthers, checked: 1};
    const net = rotations(Array(12).fill(100));
    const steps = takeScaledStep(net, 'measured', stepsOf, true, options);
    const expected = exactSteps(net, 'measured');
    for (const [l, [idle, ...others]] of steps.entries()) {
      expect(idle.every((entry) => entry === 0)).toBeTrue();
      expectClose(others, expected[l].slice(1), 1e-4);
    }
  });

  it('are uniform below a stock layer, too, where an example wants nothing', () => {
    const net = rotations(Array(12).fill(100));
    const lengths = takeScaledStep(
      net,
      'measured',
      ([lowest]) => norms(lowest.difference as tf.Tensor).arraySync() as number[],
      true,
      {wants: wantsOfOthers, applied: stockAboveFirst},
    );
    const atOutput = wantsOfOthers.map((row) => beta * Math.hypot(...row));
    // Stock layers may mix examples: they share the largest scalar.
    expect(Math.max(...lengths) / Math.max(...atOutput)).toBeCloseTo(1, 3);
  });

  for (const [where, applied] of Object.entries({directly: output, stockAboveFirst})) {
    it(`keep to 0 what wants nothing, whatever the scalars of others: ${where}`, () => {
      const net = rotations(Array(12).fill(1));
      const wrong = net.map((layer) => ({...layer, decoder: scaled(layer.decoder, 1e-12)}));
      const options = {wants: wantsOfOthers, checked: 1, applied};
      const steps = takeScaledStep(wrong, 'measured', stepsOf, true, options);
      const expected = exactSteps(net, 'measured');
      for (const [l, [idle, ...others]] of steps.entries()) {
        expect(idle.every((entry) => entry === 0)).toBeTrue();
        expectClose(others, expected[l].slice(1), 1e-4);
      }
    });
  }

  // The shares of 'paper' grow as inverses shrink, and leave float32 by themselves.
  for (const influence of names.filter((name) => name !== 'paper')) {
    it(`are finite where they meet others after decoders that are 100 times too small in 30 layers: '${influence}'`, () => {
      const net = rotations(Array(30).fill(1));
      const small = net.map((layer) => ({...layer, decoder: scaled(layer.decoder, 0.01)}));
      const steps = takeScaledStep(small, influence, stepsOf, true, {applied: aroundOthers});
      for (const step of steps) expect(step.flat().every(Number.isFinite)).toBeTrue();
    });
  }

  it('survive where differences that travel as they are do not', () => {
    const net = rotations(Array(12).fill(0.005));
    const [lowest] = takeScaledStep(net, 'paper', stepsOf, false);
    const exact = exactSteps(net, 'paper')[0];
    expect(
      lowest.flat().every((entry, i) => Math.abs(entry / exact.flat()[i] - 1) < 0.5),
    ).toBeFalse();
  });

  it('leave shares that are beyond float32 measurable', () => {
    const net = rotations(Array(30).fill(1));
    const small = net.map((layer) => ({...layer, decoder: scaled(layer.decoder, 0.01)}));
    const config = {beta, influence: 'measured', scaled: true} as const;
    tf.tidy(() => {
      const model = pairedModel(small);
      const loss = () => linearLoss(wanted)(output(model)) as tf.Scalar;
      const shares = diagnose(model, config, loss, ['influence']).map(
        ({influence}) => influence?.mean as number,
      );
      for (const [l, share] of shares.entries()) {
        expect(share / 100 ** (net.length - 1 - l)).toBeCloseTo(1, 3);
      }
    });
  });

  for (const gain of [1e12, 1e-12]) {
    it(`survive decoders that are ${gain} times too large in each of 12 layers, as measured`, () => {
      const net = rotations(Array(12).fill(1));
      const wrong = net.map((layer) => ({...layer, decoder: scaled(layer.decoder, gain)}));
      const steps = takeScaledStep(wrong, 'measured', stepsOf);
      for (const [l, step] of exactSteps(net, 'measured').entries()) {
        expectClose(steps[l], step, 1e-4);
      }
    });
  }
});

/** The size of targets. */
const beta = 1e-3;

/** Of a float32 with all its digits. */
const SMALLEST = 2 ** -126;

function largest(rows: Matrix): number {
  return Math.max(...rows.flat().map(Math.abs));
}

/** As `wanted`, but nothing of the first example. */
const wantsOfOthers = wanted.map((row, b) => row.map((entry) => (b === 0 ? 0 : entry)));

function output(model: tf.Sequential): tf.Tensor {
  return model.apply(tf.tensor2d(x)) as tf.Tensor;
}

/** With a stock operation between the first two layers. */
function stockAboveFirst({layers: [first, ...others]}: tf.Sequential): tf.Tensor {
  const separate = (first.apply(tf.tensor2d(x)) as tf.Tensor).mul(1);
  return others.reduce((h, layer) => layer.apply(h) as tf.Tensor, separate);
}

/** With a second call of the second layer, so that the targets of two calls meet at the first. */
function aroundOthers({layers: [first, ...others]}: tf.Sequential): tf.Tensor {
  const start = first.apply(tf.tensor2d(x)) as tf.Tensor;
  const around = others[0].apply(start) as tf.Tensor;
  return others.reduce((h, layer) => layer.apply(h) as tf.Tensor, start).add(around);
}

/** −⟨wants, h_L⟩: its gradient is the same however large h_L is. */
function linearLoss(wants: Matrix): Loss {
  return (output) => output.mul(wants).sum().div(-x.length);
}

/** One pass of the step with one plain correction for each layer, exact where decoders are. */
function takeScaledStep<Result>(
  net: Net,
  influence: InfluenceName,
  look: (records: LayerRecord[]) => Result,
  scaled: boolean | null = true,
  {wants = wanted, checked = 32, applied = output} = {},
): Result {
  return tf.tidy(() => {
    const config = {beta, influence, scaled, inversion: {safeguard: false, checked}};
    const model = pairedModel(net);
    const loss = () => linearLoss(wants)(applied(model)) as tf.Scalar;
    const weighed = (step: TrainingStep) => {
      weigh(step);
      return look(step.records);
    };
    return pass(config, model, loss, weighed, 0) as tf.TensorContainer;
  }) as Result;
}

/** s_l (τ_l − h_l). */
function stepOf({difference, influence}: LayerRecord): tf.Tensor {
  return scaleExamples(difference as tf.Tensor, influence as tf.Tensor1D);
}

function stepsOf(records: LayerRecord[]): Matrix[] {
  return records.map((record) => stepOf(record).arraySync() as Matrix);
}

/** Linear layers W = c Q without bias, Q orthogonal, with the exact inverse as decoder. */
function rotations(gains: number[]): Net {
  return gains.map((gain, l) => {
    const q = rotation(l);
    return {
      kernel: scaled(q, gain),
      bias: null,
      activation: 'linear',
      decoder: scaled(transposed(q), 1 / gain),
    };
  });
}

/** s_l (τ_l − h_l) in float64. */
function exactSteps(net: Net, influence: InfluenceName): Matrix[] {
  let difference = scaled(wanted, beta);
  const differences = [difference];
  for (const {decoder} of net.slice(1).reverse()) {
    difference = product(difference, decoder);
    differences.unshift(difference);
  }
  const squared = differences.map((rows) => rows.map((row) => inner(row, row)));
  const total = x.map((_, i) => squared.reduce((sum, layer) => sum + 1 / layer[i], 0));
  const share = (l: number, i: number) => {
    const ofOutput = squared[net.length - 1][i] / squared[l][i];
    const shares = {
      none: 1,
      uniform: 1 / net.length,
      convex: 1 / squared[l][i] / total[i],
      paper: ofOutput,
      measured: ofOutput,
    };
    return shares[influence];
  };
  return differences.map((rows, l) => rows.map((row, i) => scaled([row], share(l, i))[0]));
}
