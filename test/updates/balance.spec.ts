import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {weigh} from '../../src/influence/weigh';
import type {LayerRecord} from '../../src/step/training_step';
import {scaleExamples} from '../../src/tensors/per_example';
import {balance} from '../../src/updates/balance';
import {minibatch} from '../../src/updates/minibatch';
import {changesOf, type LayerChange, weightChanges} from '../../src/updates/weight_changes';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {type Matrix, norm, randomMatrix, transposed} from '../support/float64';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass, variablesOf} from '../targets/pass';

const ROWS = 12;
const UNITS = 6;

/** D whose units differ up to a hundredfold, one of them at rest. */
const uneven = randomMatrix(ROWS, UNITS, 1).map((row) =>
  row.map((d, j) => (j * d) / 10 ** (j % 3)),
);

const squaresOf = (rows: Matrix) => transposed(rows).map((unit) => norm([unit]) ** 2);

const times = (rows: Matrix, scales: number[]) =>
  rows.map((row) => row.map((d, j) => d * scales[j]));

/** k of the formula, from sums over rows, which are as good as means. */
function byFormula(rows: Matrix, power: number, examples: number): number[] {
  const squares = squaresOf(rows);
  const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  const raw = squares.map((square) => (square + mean / examples) ** (-power / 2));
  const c = norm(rows) / norm(times(rows, raw));
  return raw.map((scale) => c * scale);
}

const scalesOf = (rows: Matrix, power: number, examples: number) =>
  balance([tf.tensor2d(rows)], power, examples).arraySync();

onEveryBackend('balance', () => {
  for (const power of [0.3, 1]) {
    for (const examples of [1, 12, 1000]) {
      it(`is (m + m̄ / B)^(−a/2), of the length of D: a = ${power}, B = ${examples}`, () => {
        const scales = scalesOf(uneven, power, examples);
        expectTensorsClose(tf.tensor1d(scales), byFormula(uneven, power, examples), 1e-4);
        expect(norm(times(uneven, scales)) / norm(uneven)).toBeCloseTo(1, 4);
      });
    }
  }

  it('lets all units that are to move at all move alike, the more examples there are', () => {
    const spread = (examples: number) => {
      const [, ...squares] = squaresOf(times(uneven, scalesOf(uneven, 1, examples)));
      return Math.max(...squares) / Math.min(...squares);
    };
    expect(spread(1)).toBeGreaterThan(spread(10));
    expect(spread(10)).toBeGreaterThan(spread(1000));
    expect(spread(1e7)).toBeLessThan(1.01);
  });

  it('is 1 at power 0, where the same is wanted of all units, and where nothing is', () => {
    const alike = uneven.map((_, b) =>
      Array.from({length: UNITS}, (_, j) => 0.3 * (-1) ** (b + j)),
    );
    const still = uneven.map((row) => row.map(() => 0));
    for (const [rows, power] of [
      [uneven, 0],
      [alike, 1],
      [still, 1],
    ] as const) {
      expectTensorsClose(tf.tensor1d(scalesOf(rows, power, ROWS)), Array(UNITS).fill(1), 1e-5);
    }
  });

  it('does not depend on the size of what is wanted, nor on how units fall into groups', () => {
    const scales = scalesOf(uneven, 1, ROWS);
    for (const size of [1e-6, 1e6]) {
      const resized = uneven.map((row) => row.map((d) => size * d));
      expectTensorsClose(tf.tensor1d(scalesOf(resized, 1, ROWS)), scales, 1e-4);
    }
    const groups = tf.split(tf.tensor2d(uneven), 3, 1) as tf.Tensor2D[];
    expectTensorsClose(balance(groups, 1, ROWS), scales, 1e-5);
  });

  it('leaves nothing behind but its result', () => {
    const rows = tf.tensor2d(uneven);
    expect(tensorsLeftBy(() => balance([rows], 1, ROWS))).toBe(0);
  });
});

onEveryBackend('a balanced step', () => {
  const hiddenLayers = {
    dense: (config: object) => [
      dtp.layers.dense({units: UNITS, inputShape: [4], activation: 'tanh', ...config}),
    ],
    // Each channel is a group of its own.
    depthwiseConv2d: (config: object) => [
      dtp.layers.depthwiseConv2d({kernelSize: 2, inputShape: [3, 3, UNITS], ...config}),
      tf.layers.flatten(),
    ],
  };

  /** What `look` makes of the changes of a hidden layer and the output, and of what is wanted of them. */
  function stepOf<Result>(
    kind: keyof typeof hiddenLayers,
    config: object,
    power: number,
    look: (changes: LayerChange[], records: LayerRecord[], wanted: tf.Tensor2D[]) => Result,
  ): Result {
    const layers = [...hiddenLayers[kind](config), dtp.layers.dense({units: 3})];
    const model = tf.sequential({layers});
    for (const [i, variable] of variablesOf(model).entries()) {
      variable.assign(tf.randomNormal(variable.shape, 0, 1, 'float32', i + 1));
    }
    const [, ...shape] = model.inputs[0].shape as number[];
    const x = tf.randomNormal([ROWS, ...shape], 0, 1, 'float32', 5);
    const y = tf.randomNormal([ROWS, 3], 0, 1, 'float32', 6);
    const update = {balance: power};
    return pass({update}, model, lossOf(model, {x, y}), (step, propagation) => {
      weigh(step);
      const wanted = step.records.map(({difference, influence}) =>
        scaleExamples(difference as tf.Tensor, influence as tf.Tensor1D)
          .div(step.config.beta)
          .reshape<tf.Tensor2D>([-1, (difference as tf.Tensor).shape.at(-1) as number]),
      );
      return look(weightChanges(step, propagation, 1), step.records, wanted);
    });
  }

  for (const kind of Object.keys(hiddenLayers) as Array<keyof typeof hiddenLayers>) {
    it(`multiplies what each unit of a hidden layer changes by, and nothing of the outputs: ${kind}`, () => {
      tf.tidy(() => {
        const scales = stepOf(kind, {}, 1, (_, __, [d]) => balance([d], 1, ROWS));
        expect(scales.max().div(scales.min()).dataSync()[0]).toBeGreaterThan(1.5);
        const [plain, balanced] = [0, 1].map((power) => stepOf(kind, {}, power, weightsChanged));
        const [kernel, bias, ...outputs] = plain;
        expectTensorsClose(
          balanced[0].reshape([-1, UNITS]),
          kernel.reshape([-1, UNITS]).mul(scales),
          1e-4,
        );
        expectTensorsClose(balanced[1], bias.mul(scales), 1e-4);
        for (const [i, change] of outputs.entries()) {
          expectTensorsClose(balanced[i + 2], change, 1e-4);
        }
      });
    });

    it(`knows its progress towards what was wanted before: ${kind}`, () => {
      tf.tidy(() => {
        const [progress, expected] = stepOf(kind, {}, 1, (changes, [{layer, input}], [d]) => {
          const [kernel, bias] = weightsChanged(changes);
          const matrix = layer.matrixFrom(kernel) as tf.Tensor2D;
          const made = layer.windows(input.shape).product(input, matrix, bias as tf.Tensor1D);
          return [changes[0].progress, made.reshape<tf.Tensor2D>([-1, UNITS]).mul(d).sum(0)];
        });
        expectTensorsClose(progress, expected, 1e-3);
      });
    });

    it(`is left out where regularisers have their say: ${kind}`, () => {
      tf.tidy(() => {
        const biasRegularizer = tf.regularizers.l2({l2: 1e-3});
        const [plain, balanced] = [0, 1].map((power) =>
          stepOf(kind, {biasRegularizer}, power, weightsChanged),
        );
        for (const [i, change] of plain.entries()) expectTensorsClose(balanced[i], change, 1e-5);
      });
    });
  }

  const onlyHidden = {
    'a layer that is an output, too': (hidden: tf.layers.Layer, top: tf.layers.Layer) => {
      const input = tf.input({shape: [UNITS]});
      const h = hidden.apply(input) as tf.SymbolicTensor;
      return tf.model({inputs: input, outputs: [h, top.apply(h) as tf.SymbolicTensor]});
    },
    'a layer from which a branch leads to an output': (
      hidden: tf.layers.Layer,
      top: tf.layers.Layer,
    ) => {
      const input = tf.input({shape: [UNITS]});
      const branch = dtp.layers.branch({branches: 2});
      const [up, on] = branch.apply(hidden.apply(input)) as tf.SymbolicTensor[];
      const sum = tf.layers.add().apply([top.apply(up) as tf.SymbolicTensor, on]);
      return tf.model({inputs: input, outputs: sum as tf.SymbolicTensor});
    },
    'a layer of which one call is the output': (hidden: tf.layers.Layer) => {
      const input = tf.input({shape: [UNITS]});
      const h = hidden.apply(hidden.apply(input)) as tf.SymbolicTensor;
      return tf.model({inputs: input, outputs: h});
    },
  };
  for (const [name, build] of Object.entries(onlyHidden)) {
    it(`is left out for ${name}`, () => {
      tf.tidy(() => {
        const hidden = dtp.layers.dense({units: UNITS, activation: 'tanh'});
        const model = build(hidden, dtp.layers.dense({units: UNITS}));
        for (const [i, variable] of variablesOf(model).entries()) {
          variable.assign(tf.randomNormal(variable.shape, 0, 1, 'float32', i + 1));
        }
        const x = tf.randomNormal([ROWS, UNITS], 0, 1, 'float32', 5);
        const y = model.outputs.map((_, i) =>
          tf.randomNormal([ROWS, UNITS], 0, 1, 'float32', 6 + i),
        );
        const [plain, balanced] = [0, 1].map((power) =>
          pass({update: {balance: power}}, model, lossOf(model, {x, y}), (step, propagation) => {
            weigh(step);
            const changes = weightChanges(step, propagation, 1);
            return weightsChanged(changes.filter(({layer}) => layer === hidden));
          }),
        );
        for (const [i, change] of plain.entries()) expectTensorsClose(balanced[i], change, 1e-5);
      });
    });
  }

  it('is by default left to rules and influences whose step goes down the loss', () => {
    const byDefault = (config: dtp.DTPOptimizerConfig) =>
      (new dtp.DTPOptimizer(config).getConfig() as {update: {balance: number}}).update.balance;
    for (const influence of ['none', 'uniform', 'convex'] as const) {
      expect(byDefault({influence})).toBe(0);
      expect(byDefault({influence, feedback: 'gradient'})).toBe(1);
    }
    for (const influence of ['measured', 'paper'] as const) {
      expect(byDefault({influence})).toBe(1);
      expect(byDefault({influence, update: {rule: 'example'}})).toBe(0);
    }
  });

  it('names a rule of users whose progress is not of each output', () => {
    tf.tidy(() => {
      const summed: dtp.Update = (rows, options) => {
        const change = minibatch(rows, options);
        return {...change, progress: change.progress.sum() as unknown as tf.Tensor1D};
      };
      const rules = dtp.updates as Record<string, dtp.Update>;
      rules.summed = summed;
      const model = tf.sequential({layers: [dtp.layers.dense({units: 3, inputShape: [4]})]});
      const before = model.getWeights().map((weight) => weight.dataSync().slice());
      const optimizer = new dtp.DTPOptimizer({update: {rule: 'summed' as dtp.UpdateRule}});
      const batch = {x: tf.ones([2, 4]), y: tf.ones([2, 3])};
      expect(() =>
        optimizer.minimize(lossOf(model, batch), false, variablesOf(model)),
      ).toThrowError(
        /progress of update rule 'summed' has shape \[\], expected \[3\], a number for each output/,
      );
      expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
      delete rules.summed;
    });
  });
});

/** Of each layer the changes of kernel and bias. */
function weightsChanged(changes: LayerChange[]): tf.Tensor[] {
  return changes.flatMap((change) => changesOf(change, 1).map((each) => each.change));
}
