import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const rule = (name: dtp.UpdateRule): dtp.DTPOptimizerConfig => ({
  learningRate: 0.5,
  update: {rule: name, damping: 0},
});

/** One layer on more examples than inputs, and which of its weights an optimizer is asked to train. */
function training(config: dtp.DTPOptimizerConfig) {
  // Seeded: `example` does not make every loss smaller, least of all one that is small already.
  const kernelInitializer = tf.initializers.glorotUniform({seed: 1});
  const layer = dtp.layers.dense({units: 2, inputShape: [4], kernelInitializer});
  const model = tf.sequential({layers: [layer]});
  const [kernel, bias] = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const x = tf.randomUniform([8, 4], 0, 1, 'float32', 1);
  const y = tf.randomUniform([8, 2], 0, 1, 'float32', 2);
  const errors = () => (model.apply(x) as tf.Tensor).sub(y).square();
  const optimizer = new dtp.DTPOptimizer(config);
  const loss = () => errors().sum(-1).mean() as tf.Scalar;
  return {x, y, model, kernel, bias, optimizer, loss};
}

onEveryBackend('weights of which a layer trains some', () => {
  for (const name of Object.keys(dtp.updates) as dtp.UpdateRule[]) {
    for (const config of [rule(name), {...rule(name), weightDecay: 0.1, clipNorm: 0.3}]) {
      it(`leaves the others to the last bit: ${JSON.stringify(config)}`, () => {
        const {kernel, bias, optimizer, loss} = training(config);
        for (const [trained, other] of [
          [kernel, bias],
          [bias, kernel],
        ]) {
          const [before, start] = [other.dataSync().slice(), loss().dataSync()[0]];
          optimizer.minimize(loss, false, [trained]);
          expect(other.dataSync()).toEqual(before);
          expect(loss().dataSync()[0]).toBeLessThan(start);
        }
      });
    }
  }

  it('leaves what is frozen to the last bit, though it is asked to train it, and trains the rest', () => {
    const {kernel, bias, optimizer, loss} = training(rule('minibatch'));
    const [before, start] = [kernel.dataSync().slice(), loss().dataSync()[0]];
    // After the first call, in which a sequential model sets the flags of all its weights.
    kernel.trainable = false;
    optimizer.minimize(loss, false, [kernel, bias]);
    expect(kernel.dataSync()).toEqual(before);
    expect(loss().dataSync()[0]).toBeLessThan(start);
    expect(() => optimizer.minimize(loss, false, [kernel])).toThrowError(/nothing to train/);
  });

  it('moves a bias alone to the mean of what is wanted', () => {
    const bounds = {together: null, decrease: null, shift: null, noise: null};
    const {x, y, model, bias, optimizer, loss} = training({...rule('minibatch'), bounds});
    const before = bias.clone();
    const wanted = y.sub(model.apply(x) as tf.Tensor).mean(0);
    optimizer.minimize(loss, false, [bias]);
    // Half of 2 (y − h), the gradient of a sum of squares.
    expectTensorsClose(bias.sub(before), wanted, 1e-4);
  });

  it('measures the angle of those that are trained', () => {
    const {kernel, bias, optimizer, loss} = training(rule('minibatch'));
    for (const trained of [kernel, bias]) {
      const gradient = tf.variableGrads(loss, [trained]).grads[trained.name];
      const before = trained.clone();
      const observed = optimizer.observe(['angle']);
      optimizer.minimize(loss, false, [trained]);
      const change = trained.sub(before);
      const cosine = change.mul(gradient).sum().div(change.norm().mul(gradient.norm())).neg();
      const {angle} = (observed.diagnostics as dtp.CallDiagnostics[])[0];
      expect(Math.cos(((angle?.update as number) * Math.PI) / 180)).toBeCloseTo(
        cosine.dataSync()[0],
        4,
      );
    }
  });

  it('leaves the number of tensors where it was', () => {
    const {bias, optimizer, loss} = training(rule('minibatch'));
    optimizer.minimize(loss, false, [bias]);
    const before = tf.memory().numTensors;
    optimizer.minimize(loss, false, [bias]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('and no others: what the loss does not reach gets no state of an optimizer', () => {
    const elsewhere = tf.variable(tf.ones([50, 50]));
    const {optimizer, loss} = training({});
    const stock = tf.layers.dense({units: 2, inputShape: [2]});
    const withStock = () =>
      loss().add((stock.apply(tf.ones([1, 2])) as tf.Tensor).sum()) as tf.Scalar;
    optimizer.minimize(withStock);
    const bytes = tf.memory().numBytes;
    optimizer.dispose();
    // Adam's two moments of the stock layer, 4 + 2 numbers of 4 bytes each.
    expect(bytes - tf.memory().numBytes).toBeLessThan(200);
    expect(Array.from(elsewhere.dataSync()).every((entry) => entry === 1)).toBe(true);
    elsewhere.dispose();
  });
});
