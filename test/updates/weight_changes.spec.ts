import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {weigh} from '../../src/influence/weigh';
import {changesOf, weightChanges} from '../../src/updates/weight_changes';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  sum,
  transposed,
} from '../support/float64';
import {lossOf, pass} from '../targets/pass';

const ROWS = 6;
const OUT = 3;
const DAMPING = 0.4;

onEveryBackend('a step of a layer', () => {
  for (const lacking of [1, 3, ROWS]) {
    it(`is damped by p^⅓ of the damping, where ${lacking} of ${ROWS} examples lack alike`, async () => {
      const x = randomMatrix(ROWS, 4, 1);
      const layer = dtp.layers.dense({units: OUT, useBias: false, inputShape: [4]});
      const model = tf.sequential({layers: [layer]});
      const update = {damping: DAMPING};
      const bounds = {decrease: null, noise: null};
      model.compile({
        optimizer: new dtp.DTPOptimizer({learningRate: 1, update, bounds}),
        loss: 'meanSquaredError',
      });
      const [before] = layer.getWeights().map((weight) => weight.arraySync() as Matrix);
      const missed = x.map((_, b) =>
        Array.from({length: OUT}, (_, i) => (b < lacking ? (-1) ** (b * i) : 0)),
      );
      await model.trainOnBatch(tf.tensor2d(x), tf.tensor2d(sum(product(x, before), missed)));

      // Of a mean over the outputs, −∂L_b/∂h = 2 (y − h) / n.
      const wanted = scaled(missed, 2 / OUT);
      const p = Math.min(1, ((1 + 2 / OUT) * lacking) / ROWS);
      const lambda = (DAMPING * Math.cbrt(p) * norm(x) ** 2) / ROWS;
      const damped = sum(product(x, transposed(x)), scaled(identity(ROWS), lambda));
      const change = product(transposed(x), inverse(damped), wanted);
      expectTensorsClose(layer.getWeights()[0].sub(before), change, 1e-4);
    });
  }
});

onEveryBackend('the changes of a layer', (backend) => {
  it('are the ridge fit of the rows of all of its calls, each with its own share', () => {
    tf.tidy(() => {
      const architecture = architectures['a layer used twice'];
      const [, model] = stockAndPaired(architecture);
      const config = {influence: 'paper', update: {damping: DAMPING, balance: 0}} as const;
      pass(config, model, lossOf(model, data(architecture, ROWS)), (step) => {
        weigh(step);
        const [first, second] = step.records;
        expect(first.layer).toBe(second.layer);
        const calls = [first, second].map(({input, difference, influence}) => ({
          x: (input.arraySync() as Matrix).map((row) => [...row, 1]),
          shares: (influence as tf.Tensor1D).arraySync(),
          d: (difference as tf.Tensor2D).arraySync(),
        }));
        expect(calls[0].shares[0] / calls[1].shares[0]).not.toBeCloseTo(1, 1);
        const x = calls.flatMap((call) => call.x);
        const wanted = calls.flatMap(({d, shares}) =>
          d.map((row, i) => scaled([row], shares[i] / step.config.beta)[0]),
        );
        const lambda = (DAMPING * norm(x) ** 2) / x.length;
        const gram = sum(product(transposed(x), x), scaled(identity(x[0].length), lambda));
        const fit = product(inverse(gram), transposed(x), wanted);

        const [change] = weightChanges(step, {gradients: {}}, 1);
        const [kernel, bias] = changesOf(change, 1).map((each) => each.change);
        expectTensorsClose(kernel.concat(bias.expandDims(0)), fit, 1e-4);
        expectTensorsClose(change.squaredWanted, norm(wanted) ** 2, 1e-4);
      });
    });
  });

  it('keep to the limit for hidden layers where its last call is the output', async () => {
    const shared = dtp.layers.dense({units: 4, inputShape: [4]});
    const input = tf.input({shape: [4]});
    const output = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: output});
    const shift = 0.02;
    const bounds = {together: null, decrease: null, noise: null, shift};
    model.compile({optimizer: new dtp.DTPOptimizer({bounds}), loss: 'meanSquaredError'});
    const x = tf.randomNormal([ROWS, 4], 0, 1, 'float32', 1);
    const rows = x.concat(shared.apply(x) as tf.Tensor);
    const before = shared.apply(rows) as tf.Tensor;
    await model.trainOnBatch(x, tf.randomNormal([ROWS, 4], 0, 100, 'float32', 2));
    const moved = (shared.apply(rows) as tf.Tensor).sub(before);
    expect(moved.norm().div(before.norm()).dataSync()[0]).toBeCloseTo(shift, 4);
  });

  it('are none where the loss does not depend on it, and the rest as without it', () => {
    const x = tf.randomNormal([ROWS, 4], 0, 1, 'float32', 1);
    const weightsAfter = (isCalled: boolean) => {
      const [low, top, unused] = [1, 2, 3].map((seed) =>
        dtp.layers.dense({
          units: 4,
          activation: 'tanh',
          kernelInitializer: tf.initializers.randomNormal({seed}),
        }),
      );
      unused.build([null, 4]);
      const loss = () => {
        const hidden = low.apply(x) as tf.Tensor;
        if (isCalled) unused.apply(hidden);
        return (top.apply(hidden) as tf.Tensor).square().mean() as tf.Scalar;
      };
      loss();
      const layers = [low, top, unused];
      const trained = layers.flatMap(({trainableWeights}) => trainableWeights);
      new dtp.DTPOptimizer().minimize(
        loss,
        false,
        trained.map((weight) => weight.read() as tf.Variable),
      );
      return trained.map((weight) => weight.read());
    };
    const without = weightsAfter(false);
    // How webgl rounds depends on where it has put a tensor before.
    const tolerance = backend === 'webgl' ? 1e-5 : 0;
    for (const [i, weight] of weightsAfter(true).entries()) {
      expectTensorsClose(weight, without[i], tolerance);
    }
  });
});
