import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {boundedParts} from '../../src/updates/bounded_parts';
import {penalties} from '../../src/updates/penalty';
import {totalChanges} from '../../src/updates/total_changes';
import {weightChanges} from '../../src/updates/weight_changes';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {lossOf, pass} from '../targets/pass';

const RATE = 0.5;
const EXAMPLES = 5;
const L2 = 0.1;

const l2 = (factor = L2) => tf.regularizers.l2({l2: factor});
const batch = () => ({
  x: tf.randomNormal([EXAMPLES, 3], 0, 1, 'float32', 1),
  y: tf.randomNormal([EXAMPLES, 2], 0, 1, 'float32', 2),
});

function modelOf(args: Partial<dtp.DTPDenseArgs>) {
  return tf.sequential({layers: [dtp.layers.dense({units: 2, inputShape: [3], ...args})]});
}

onEveryBackend('penalties', () => {
  const biasInitializer = 'randomNormal';

  it('are η B times the gradients of regularisers, and η B times the curvature of an l2', () => {
    const model = modelOf({kernelRegularizer: l2(), biasRegularizer: l2(), biasInitializer});
    pass({}, model, lossOf(model, batch()), (step, {gradients}) => {
      const [{kernel, bias, curvature}] =
        penalties(step, step.records[0].layer, gradients, RATE * EXAMPLES, 1) ?? [];
      const [w, b] = model.getWeights();
      expectTensorsClose(kernel, w.mul(RATE * EXAMPLES * 2 * L2), 1e-6);
      expectTensorsClose(bias as tf.Tensor, b.mul(RATE * EXAMPLES * 2 * L2), 1e-6);
      expect(curvature / (RATE * EXAMPLES * 2 * L2)).toBeCloseTo(1, 5);
      const {value} = step.regularisers?.get(step.records[0].layer) ?? {};
      const squares = w.square().sum().add(b.square().sum()).dataSync()[0];
      expect((value as number) / (L2 * squares)).toBeCloseTo(1, 5);
    });
  });

  it('curve for kernel and bias as their own regularisers do', () => {
    const regularisers = {kernelRegularizer: l2(0.2), biasRegularizer: l2(0.5)};
    const model = modelOf({...regularisers, biasInitializer});
    pass({}, model, lossOf(model, batch()), (step, {gradients}) => {
      const [{curvature, biasCurvature}] =
        penalties(step, step.records[0].layer, gradients, RATE * EXAMPLES, 1) ?? [];
      expect(curvature / (RATE * EXAMPLES)).toBeCloseTo(2 * 0.2, 5);
      expect(biasCurvature / (RATE * EXAMPLES)).toBeCloseTo(2 * 0.5, 5);
    });
  });

  it('have no curvature of weights that are all zeros', () => {
    const model = modelOf({biasRegularizer: l2(), kernelInitializer: 'zeros'});
    pass({}, model, lossOf(model, batch()), (step, {gradients}) => {
      const [{curvature}] =
        penalties(step, step.records[0].layer, gradients, RATE * EXAMPLES, 1) ?? [];
      expect(curvature).toBe(0);
    });
  });

  it('are none where nothing is asked, and none of a bias that is not there', () => {
    const plain = modelOf({});
    pass({}, plain, lossOf(plain, batch()), (step, {gradients}) => {
      expect(penalties(step, step.records[0].layer, gradients, RATE * EXAMPLES, 1)).toBeNull();
    });
    const unbiased = modelOf({kernelRegularizer: l2(), useBias: false});
    pass({}, unbiased, lossOf(unbiased, batch()), (step, {gradients}) => {
      const [{bias}] = penalties(step, step.records[0].layer, gradients, RATE * EXAMPLES, 1) ?? [];
      expect(bias).toBeNull();
    });
  });

  it('ask nothing of a bias that is not trained, from few rows and from many', () => {
    const regularisers = {kernelRegularizer: l2(), biasRegularizer: l2()};
    for (const rows of [2, 30]) {
      const [all, part] = [{}, {useBias: false}].map((args) => modelOf({...regularisers, ...args}));
      part.trainableWeights[0].write(all.getWeights()[0]);
      const x = tf.randomNormal([rows, 3], 0, 1, 'float32', 1);
      const y = tf.randomNormal([rows, 2], 0, 1, 'float32', 2);
      for (const model of [all, part]) {
        const kernel = model.trainableWeights[0].read() as tf.Variable;
        new dtp.DTPOptimizer().minimize(lossOf(model, {x, y}), false, [kernel]);
      }
      expectTensorsClose(all.getWeights()[0], part.getWeights()[0], 1e-5);
    }
  });

  it('leave no tensor behind but themselves', () => {
    const model = modelOf({kernelRegularizer: l2(), biasRegularizer: l2()});
    pass({}, model, lossOf(model, batch()), (step, propagation) => {
      const changes = () => totalChanges(step, propagation, RATE).map(({total}) => total);
      changes();
      // Of each call its influence, which the step keeps.
      expect(tensorsLeftBy(changes)).toBe(step.records.length);
    });
  });

  it('are named where they are not finite, and no weight moves', () => {
    const layer = dtp.layers.dense({units: 2, inputShape: [3], biasInitializer: 'ones'});
    const {x} = batch();
    const [kernel, bias] = (layer.apply(x) && layer.trainableWeights).map(
      (weight) => weight.read() as tf.Variable,
    );
    const loss = () =>
      (layer.apply(x) as tf.Tensor).square().mean().add(bias.sub(1).sqrt().sum()) as tf.Scalar;
    const before = [kernel, bias].map((weight) => weight.dataSync().slice());
    const optimizer = new dtp.DTPOptimizer();
    expect(() => optimizer.minimize(loss, false, [kernel, bias])).toThrowError(
      dtp.NonFiniteError,
      new RegExp(`the gradient of "${bias.name}" is not finite`),
    );
    expect([kernel, bias].map((weight) => weight.dataSync())).toEqual(before);
  });
});

onEveryBackend('bounds beside regularisers', () => {
  const config = {bounds: {together: null, shift: null, noise: null, decrease: 0.1}};

  it('compare what targets take away with what they can: the loss without these', () => {
    const model = modelOf({kernelRegularizer: l2(3)});
    pass(config, model, lossOf(model, batch()), (step, propagation) => {
      totalChanges(step, propagation, RATE);
      const layers = weightChanges(step, propagation, RATE);
      const [{part}] = boundedParts(step, layers, propagation, RATE);
      const penalty = model.layers[0].calculateLosses()[0];
      const without = {...propagation, loss: propagation.loss.sub<tf.Scalar>(penalty)};
      const unaware = {...step, regularisers: new Map()};
      const [expected] = boundedParts(unaware, layers, without, RATE);
      expect(part).toBeLessThan(1);
      expect(part / expected.part).toBeCloseTo(1, 4);
    });
  });

  it('compare it with all of the loss where regularisers seem to be more than that', () => {
    const model = modelOf({kernelRegularizer: l2(3)});
    pass(config, model, lossOf(model, batch()), (step, propagation) => {
      totalChanges(step, propagation, RATE);
      const layers = weightChanges(step, propagation, RATE);
      step.regularisers?.set(step.records[0].layer, {value: 1e6, curvatures: [1]});
      const [{part}] = boundedParts(step, layers, propagation, RATE);
      const [expected] = boundedParts(
        {...step, regularisers: new Map()},
        layers,
        propagation,
        RATE,
      );
      expect(part).toBe(expected.part);
    });
  });
});
