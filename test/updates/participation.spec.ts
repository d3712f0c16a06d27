import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {LayerRecord, TrainingStep} from '../../src/step/training_step';
import {participation, participationOf} from '../../src/updates/participation';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {inner, type Matrix} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass} from '../targets/pass';

/** Of examples with as many entries each. */
const participationIn = (squaredNorms: number[], entries: number) =>
  participation(squaredNorms, Array(squaredNorms.length).fill(entries));

describe('participation', () => {
  it('is 1 where all examples lack alike', () => {
    for (const count of [1, 2, 64]) {
      for (const entries of [1, 10]) {
        expect(participationIn(Array(count).fill(0.3), entries)).toBeCloseTo(1, 12);
      }
    }
  });

  it('is 1 where errors are normal, whatever their number of entries', () => {
    const gaussian = tf.randomNormal([20000, 12], 0, 1, 'float32', 1).arraySync() as Matrix;
    for (const entries of [1, 3, 12]) {
      const norms = gaussian.map((error) =>
        inner(error.slice(0, entries), error.slice(0, entries)),
      );
      // As the ratio is cut off at 1: where every second example lacks nothing, it is a half.
      const half = norms.flatMap((norm) => [norm, 0]);
      expect(Math.abs(participationIn(half, entries) / 0.5 - 1)).toBeLessThan(0.03);
      expect(participationIn(norms, entries)).toBeGreaterThan(0.97);
    }
  });

  it('is of m examples that lack alike, and others that lack nothing, (1 + 2 / n) m / B', () => {
    for (const lacking of [1, 2, 3]) {
      for (const entries of [1, 10, 784]) {
        const norms = Array.from({length: 10}, (_, i) => (i < lacking ? 7 : 0));
        const expected = ((1 + 2 / entries) * lacking) / 10;
        expect(participationIn(norms, entries)).toBeCloseTo(expected, 12);
      }
    }
  });

  it('counts each example by its own number of entries', () => {
    const norms = [3, 0, 0, 2, 0, 0];
    const expected = (3 + 2) ** 2 / (6 * (9 / 3 + (4 * 4) / 6));
    expect(participation(norms, [1, 1, 1, 4, 4, 4])).toBeCloseTo(expected, 12);
  });

  it('depends neither on the scale of the loss nor on the order of the examples', () => {
    const norms = [0.1, 4, 0, 2.5, 1];
    const expected = participationIn(norms, 5);
    const scaled = norms.map((norm) => 1e6 * norm);
    expect(participationIn(scaled, 5)).toBeCloseTo(expected, 12);
    expect(participationIn([...norms].reverse(), 5)).toBeCloseTo(expected, 12);
  });

  it('is at least 1 / B and at most 1, whatever the sums round to', () => {
    expect(participationIn([1, 1e-9, 0, 1e-4], 1e6)).toBeGreaterThanOrEqual(1 / 4);
    expect(participationIn([1, 1.5, 0.9, 1.1], 1e6)).toBeLessThan(1);
    expect(participationIn([0.1, 0.1, 0.1], 1)).toBeLessThanOrEqual(1);
  });

  it('is 1 where nothing is to change, and where what is to change is not finite', () => {
    expect(participationIn([0, 0, 0], 3)).toBe(1);
    expect(participationIn([], 3)).toBe(1);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(participationIn([1, value, 3], 3)).toBe(1);
    }
  });
});

onEveryBackend('participationOf', () => {
  const examples = 5;

  /** Looks at a step of a model whose loss is a sum of mean squared errors over its outputs. */
  function look<Result>(name: string, at: (step: TrainingStep) => Result, factor = 1) {
    const [, model] = stockAndPaired(architectures[name]);
    const {x, y} = data(architectures[name], examples);
    // One example lacks most, as p is cut off at 1 where all lack about the same.
    const far = tf.oneHot(0, examples).toFloat().mul(4).expandDims(1);
    const batch = {x, y: [y].flat().map((labels) => labels.add(far))};
    const outputs = [model.predict(batch.x)].flat() as tf.Tensor2D[];
    const loss = lossOf(model, batch);
    return {
      result: pass({}, model, () => loss().mul(factor), at),
      outputs: outputs.map((output) => output.arraySync() as Matrix),
      errors: outputs.map((output, i) => output.sub([batch.y].flat()[i]).arraySync() as Matrix),
    };
  }

  /** ‖∂L_b/∂h‖² of a mean squared error: of e = σ(h) − y, (2 σ' e / n)². */
  const squaredGradients = (errors: Matrix) =>
    errors.map((error) => (4 * inner(error, error)) / error.length ** 2);

  it('is over the examples of every output', () => {
    tf.tidy(() => {
      const {result, errors} = look('two inputs and two outputs', participationOf);
      expectParticipation(result, errors.map(squaredGradients), errors.map(entriesOf));
    });
  });

  it('counts an arm that goes to the loss among the outputs, and nothing that feeds a layer', () => {
    tf.tidy(() => {
      const name = 'branches on an arm, after stock layers, and an arm to the output';
      const {result, errors, outputs} = look(name, participationOf);
      const slopes = outputs[1].map((row) => row.map((entry) => (entry > 0 ? 1 : 0)));
      const skip = errors[1].map((row, b) => row.map((error, i) => slopes[b][i] * error));
      const reached = [errors[0], skip];
      expectParticipation(result, reached.map(squaredGradients), reached.map(entriesOf));
    });
  });

  it('stays within float32 whatever the scale of the loss', () => {
    tf.tidy(() => {
      for (const factor of [1e-12, 1e12]) {
        const {result, errors} = look('two inputs and two outputs', participationOf, factor);
        expectParticipation(result, errors.map(squaredGradients), errors.map(entriesOf));
      }
    });
  });

  it('is 1 where no output has a target, as where only stock layers on top are trained', async () => {
    const below = dtp.layers.dense({units: 3, inputShape: [4], trainable: false});
    const model = tf.sequential({layers: [below, tf.layers.dense({units: 2})]});
    tf.tidy(() => {
      const loss = lossOf(model, {x: tf.ones([examples, 4]), y: tf.zeros([examples, 2])});
      expect(pass({}, model, loss, participationOf)).toBe(1);
    });
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const losses = [];
    for (let step = 0; step < 2; step++) {
      losses.push(await model.trainOnBatch(tf.ones([examples, 4]), tf.zeros([examples, 2])));
    }
    expect(losses[1]).toBeLessThan(losses[0] as number);
  });

  it('is 1 where what is wanted is not finite, so that what is not finite can be named', () => {
    tf.tidy(() => {
      for (const factor of [Number.NaN, Number.POSITIVE_INFINITY]) {
        look('two inputs and two outputs', (step) => {
          const point = step.records.find(({consumers}) => consumers.length === 0) as LayerRecord;
          point.difference = step.own((point.difference as tf.Tensor).mul(factor));
          expect(participationOf(step)).toBe(1);
        });
      }
    });
  });

  it('leaves no tensor behind but what the step keeps', () => {
    tf.tidy(() => {
      look('two inputs and two outputs', (step) => {
        participationOf(step);
        expect(tensorsLeftBy(() => void participationOf(step))).toBe(0);
      });
    });
  });

  const entriesOf = ([error]: Matrix) => error.length;

  function expectParticipation(actual: number, outputs: number[][], entries: number[]): void {
    const ofNormal = outputs.map((norms, i) =>
      norms.map((norm) => (entries[i] * squared(norm)) / (entries[i] + 2)),
    );
    const norms = outputs.flat();
    const expected = Math.min(1, sum(norms) ** 2 / (norms.length * sum(ofNormal.flat())));
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-4);
  }
});

const squared = (value: number) => value ** 2;
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
