import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import type {LayerRecord, TrainingStep} from '../../src/step/training_step';
import {participation, participationOf} from '../../src/updates/participation';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {inner, type Matrix} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass} from '../targets/pass';

describe('participation', () => {
  it('is 1 where all examples lack alike', () => {
    for (const count of [1, 2, 64])
      expect(participation(Array(count).fill(0.3))).toBeCloseTo(1, 12);
  });

  it('is the part of the examples that lack something, where these lack alike', () => {
    for (const lacking of [1, 3, 10]) {
      const norms = Array.from({length: 10}, (_, i) => (i < lacking ? 7 : 0));
      expect(participation(norms)).toBeCloseTo(lacking / 10, 12);
    }
  });

  it('depends neither on the scale of the loss nor on the order of the examples', () => {
    const norms = [0.1, 4, 0, 2.5, 1];
    expect(participation(norms.map((norm) => 1e6 * norm))).toBeCloseTo(participation(norms), 12);
    expect(participation([...norms].reverse())).toBeCloseTo(participation(norms), 12);
  });

  it('is at least 1 / B and at most 1, whatever the sums round to', () => {
    expect(participation([1, 1e-9, 0, 1e-4])).toBeGreaterThanOrEqual(1 / 4);
    expect(participation([1, 1.5, 0.9, 1.1])).toBeLessThan(1);
    expect(participation([0.1, 0.1, 0.1])).toBeLessThanOrEqual(1);
  });

  it('is 1 where nothing is to change, and where what is to change is not finite', () => {
    expect(participation([0, 0, 0])).toBe(1);
    expect(participation([])).toBe(1);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(participation([1, value, 3])).toBe(1);
    }
  });
});

onEveryBackend('participationOf', () => {
  const examples = 5;

  /** Looks at a step of a model whose loss is a sum of mean squared errors over its outputs. */
  function look<Result>(name: string, at: (step: TrainingStep) => Result, factor = 1) {
    const [, model] = stockAndPaired(architectures[name]);
    const batch = data(architectures[name], examples);
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
      expectParticipation(result, errors.flatMap(squaredGradients));
    });
  });

  it('counts an arm that goes to the loss among the outputs, and nothing that feeds a layer', () => {
    tf.tidy(() => {
      const name = 'branches on an arm, after stock layers, and an arm to the output';
      const {result, errors, outputs} = look(name, participationOf);
      const slopes = outputs[1].map((row) => row.map((entry) => (entry > 0 ? 1 : 0)));
      const skip = errors[1].map((row, b) => row.map((error, i) => slopes[b][i] * error));
      expectParticipation(result, [errors[0], skip].flatMap(squaredGradients));
    });
  });

  it('stays within float32 whatever the scale of the loss', () => {
    tf.tidy(() => {
      for (const factor of [1e-12, 1e12]) {
        const {result, errors} = look('two inputs and two outputs', participationOf, factor);
        expectParticipation(result, errors.flatMap(squaredGradients));
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

  function expectParticipation(actual: number, squaredNorms: number[]): void {
    const expected =
      sum(squaredNorms) ** 2 / (squaredNorms.length * sum(squaredNorms.map(squared)));
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-4);
  }
});

const squared = (value: number) => value ** 2;
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
