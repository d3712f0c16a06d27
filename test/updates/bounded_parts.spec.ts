import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {boundedParts} from '../../src/updates/bounded_parts';
import {totalChanges} from '../../src/updates/total_changes';
import {weightChanges} from '../../src/updates/weight_changes';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {lossOf, pass} from '../targets/pass';

/** All bounds off but the one for layers that step together. */
const alone = {decrease: null, shift: null, noise: null};

onEveryBackend('bounds', () => {
  it('take no step backwards where a mean of single updates moves rows away from their targets', async () => {
    const [a, b] = [tf.input({shape: [2]}), tf.input({shape: [1]})];
    const head = (input: tf.SymbolicTensor) =>
      dtp.layers.dense({units: 1, useBias: false, kernelInitializer: 'zeros'}).apply(input);
    const outputs = [head(a), head(b)] as tf.SymbolicTensor[];
    const model = tf.model({inputs: [a, b], outputs});
    const update = {rule: 'example'} as const;
    model.compile({
      optimizer: new dtp.DTPOptimizer({learningRate: 0.5, update}),
      loss: 'meanSquaredError',
    });
    // Of the second head the mean of the updates goes up, by (1 - 1 / 10) / 2, the best one down.
    const x = [tf.eye(2), tf.tensor2d([[1], [10]])];
    const y = [tf.fill([2, 1], 100), tf.tensor2d([[1], [-1]])];
    await model.trainOnBatch(x, y);
    const [first] = model.getWeights();
    for (const weight of first.dataSync()) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(100);
    }
  });

  it('take the whole step of one layer whose mean of single updates makes more than is wanted', async () => {
    const layer = dtp.layers.dense({
      units: 1,
      useBias: false,
      kernelInitializer: 'zeros',
      inputShape: [1],
    });
    const model = tf.sequential({layers: [layer]});
    const config = {learningRate: 0.5, update: {rule: 'example'}, bounds: alone} as const;
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    // 1 is wanted of both, and of the second 0.55 · 10 made.
    await model.trainOnBatch(tf.tensor2d([[1], [10]]), tf.ones([2, 1]));
    expectTensorsClose(layer.getWeights()[0], [[(1 + 1 / 10) / 2]]);
  });

  it('name a weight of no paired layer whose gradient is not finite where the loss is', () => {
    const layer = dtp.layers.dense({units: 2, inputShape: [3]});
    const edge = tf.variable(tf.scalar(0));
    const optimizer = new dtp.DTPOptimizer();
    const loss = () =>
      (layer.apply(tf.ones([4, 3])) as tf.Tensor).square().mean().add(edge.sqrt()) as tf.Scalar;
    expect(loss().isFinite().dataSync()[0]).toBe(1);
    const weights = [...layer.trainableWeights.map((w) => w.read() as tf.Variable), edge];
    const before = weights.map((weight) => weight.dataSync().slice());
    expect(() => optimizer.minimize(loss, false, weights)).toThrowError(
      dtp.NonFiniteError,
      new RegExp(`the gradient of "${edge.name}" is not finite`),
    );
    expect(weights.map((weight) => weight.dataSync())).toEqual(before);
  });

  it('leave alone the target of a layer whose outputs are all 0, beside which nothing is small', async () => {
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({
          units: 4,
          activation: 'tanh',
          inputShape: [3],
          kernelInitializer: 'zeros',
        }),
        dtp.layers.dense({units: 2}),
      ],
    });
    const optimizer = new dtp.DTPOptimizer({bounds: {target: 0.5}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    await model.trainOnBatch(tf.ones([4, 3]), tf.ones([4, 2]));
    expect(model.layers[0].getWeights()[0].abs().max().dataSync()[0]).toBeGreaterThan(0);
  });

  it('let a step predict as many times less as its outputs are restrained, from three entries on', () => {
    for (const units of [2, 10]) {
      const model = tf.sequential({layers: [dtp.layers.dense({units, inputShape: [3]})]});
      const x = tf.randomNormal([9, 3], 0, 1, 'float32', 1);
      const loss = lossOf(model, {x, y: tf.ones([9, units])});
      pass(
        {bounds: {...alone, together: null, decrease: 0.1}},
        model,
        loss,
        (step, propagation) => {
          totalChanges(step, propagation, 1);
          const layers = weightChanges(step, propagation, 1);
          const partAt = (iteration: number) => {
            // Half of the other eight share the error with one.
            const middling = {...step, participation: 5 / 9, iteration};
            return boundedParts(middling, layers, propagation, 1)[0].part;
          };
          expect(partAt(0)).toBeLessThan(1);
          expect(partAt(0) / partAt(1000)).toBeCloseTo(units > 2 ? 8 : 1, 6);
        },
      );
    }
  });

  it('name the uppermost layer whose change is not finite, from which those below have it', async () => {
    const dense = (name: string) =>
      dtp.layers.dense({units: 3, activation: 'tanh', inputShape: [3], name});
    const influences = dtp.influences as Record<string, dtp.Influence>;
    influences.unknown = {
      scale: ({squaredNorm, consumers}) =>
        tf.fill(squaredNorm.shape, consumers.length === 0 ? 1 : Number.NaN) as tf.Tensor1D,
    };
    try {
      const model = tf.sequential({layers: ['low', 'middle', 'high'].map(dense)});
      const influence = 'unknown' as dtp.InfluenceName;
      model.compile({optimizer: new dtp.DTPOptimizer({influence}), loss: 'meanSquaredError'});
      await expectAsync(
        model.trainOnBatch(tf.ones([4, 3]), tf.zeros([4, 3])),
      ).toBeRejectedWithError(RangeError, /the change of layer "middle" is not finite/);
    } finally {
      delete influences.unknown;
    }
  });
});
