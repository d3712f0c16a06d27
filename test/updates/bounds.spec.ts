import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {decreasePart, shiftPart} from '../../src/updates/bounds';
import {onEveryBackend} from '../support/backends';

describe('decreasePart', () => {
  it('shortens a step to the limit times the loss', () => {
    expect(decreasePart(2, 3, 24) * 24).toBe(2 * 3);
  });

  it('takes a step whole within the limit, without one, and where a loss has no bound', () => {
    expect(decreasePart(2, 3, 6)).toBe(1);
    expect(decreasePart(null, 3, 1e9)).toBe(1);
    expect(decreasePart(2, -3, 24)).toBe(1);
    expect(decreasePart(2, 3, -1)).toBe(1);
  });
});

describe('shiftPart', () => {
  it('shortens the change of a hidden layer to the limit', () => {
    const part = shiftPart(0.1, 0.25, true);
    expect(part * Math.sqrt(0.25)).toBeCloseTo(0.1, 12);
  });

  it('takes a change whole within the limit, without one, and at the output', () => {
    expect(shiftPart(0.1, 0.01, true)).toBe(1);
    expect(shiftPart(null, 9, true)).toBe(1);
    expect(shiftPart(0.1, 9, false)).toBe(1);
  });
});

onEveryBackend('the bounds of a training step', () => {
  /** Two epochs of regression with one output, whose squared error overshoots at rate 1. */
  async function losses(config: dtp.DTPOptimizerConfig): Promise<number[]> {
    const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
    const y = x.square().sum(1, true).add(5);
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 16, activation: 'relu', inputShape: [4], decoder: false}),
        dtp.layers.dense({units: 16, activation: 'relu'}),
        dtp.layers.dense({units: 1}),
      ],
    });
    for (const [i, layer] of model.layers.entries()) {
      const [kernel, ...rest] = layer.getWeights();
      const value = tf.randomNormal(kernel.shape, 0, 0.3, 'float32', 5 + i);
      layer.setWeights([value, ...rest]);
    }
    model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
    const options = {epochs: 3, batchSize: 16, shuffle: false, verbose: 0} as const;
    return (await model.fit(x, y, options)).history.loss as number[];
  }

  it('keeps a loss from exploding that explodes without it', async () => {
    const [first, , last] = await losses({onNonFinite: 'skip'});
    expect(last).toBeLessThan(0.5 * first);
    const [, , exploded] = await losses({
      bounds: {decrease: null, shift: null},
      onNonFinite: 'skip',
    });
    expect(exploded > 10 * first || Number.isNaN(exploded)).toBeTrue();
  });

  it('predicts the decrease that a short step makes', async () => {
    // With transposed weights the prediction is exact to first order: limit the step to 1 % of the
    // loss, and the loss falls by 1 %.
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
    const y = tf.randomNormal([16, 3], 0, 1, 'float32', 2);
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({units: 8, activation: 'tanh', inputShape: [4]}),
        dtp.layers.dense({units: 3}),
      ],
    });
    const optimizer = new dtp.DTPOptimizer({feedback: 'gradient', bounds: {decrease: 0.01}});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const before = (await model.trainOnBatch(x, y)) as number;
    const after = (await model.trainOnBatch(x, y)) as number;
    expect((before - after) / before).toBeGreaterThan(0.0095);
    expect((before - after) / before).toBeLessThan(0.0105);
  });

  it('moves the outputs of a hidden layer by the limit and no further', async () => {
    const x = tf.randomNormal([16, 4], 0, 1, 'float32', 1);
    const y = tf.randomNormal([16, 3], 0, 100, 'float32', 2);
    const first = dtp.layers.dense({units: 8, inputShape: [4]});
    const model = tf.sequential({layers: [first, dtp.layers.dense({units: 3})]});
    const bounds = {decrease: null, shift: 0.02};
    model.compile({optimizer: new dtp.DTPOptimizer({bounds}), loss: 'meanSquaredError'});
    const before = first.apply(x) as tf.Tensor;
    await model.trainOnBatch(x, y);
    const moved = (first.apply(x) as tf.Tensor).sub(before);
    expect(moved.norm().div(before.norm()).dataSync()[0]).toBeCloseTo(0.02, 4);
  });
});
