import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {weigh} from '../../src/influence/weigh';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {createStep, withStep} from '../../src/step/training_step';
import {propagate} from '../../src/targets/propagate';
import {innerProducts, scaleExamples, squaredNorms} from '../../src/tensors/per_example';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';

const BETA = 1e-3;
const relu = {activation: 'relu'} as const;

type DenseArgs = Partial<dtp.DTPDenseArgs>;
type Branch = (x: tf.SymbolicTensor) => tf.SymbolicTensor[];

const add = (...arms: tf.SymbolicTensor[]) => tf.layers.add().apply(arms) as tf.SymbolicTensor;

/** x → x M with c times the exact inverse as decoder, for M = gain × the rotation by an angle. */
function rotation(gain: number, angle = 0, args: DenseArgs = {}, c = 1) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const layer = dtp.layers.dense({units: 2, useBias: false, ...args}) as dtp.DTPDense;
  return (x: tf.SymbolicTensor) => {
    const y = layer.apply(x) as tf.SymbolicTensor;
    const m = tf.tensor2d([cos, sin, -sin, cos], [2, 2]).mul(gain);
    layer.parameters()[0].write(m);
    layer.decoder?.kernel.write(m.transpose().mul(c / gain ** 2));
    return y;
  };
}

/** The layer A with h_A = x, a branch, and what `above` makes of its arms. */
function network(
  branches: number,
  above: (arms: tf.SymbolicTensor[], branch: Branch) => tf.SymbolicTensor | tf.SymbolicTensor[],
  {merge, activation}: {merge?: dtp.MergeName; activation?: DenseArgs['activation']} = {},
) {
  const branch = (of: number) => (x: tf.SymbolicTensor) =>
    dtp.layers.branch({branches: of, merge}).apply(x);
  const input = tf.input({shape: [2]});
  const a = rotation(1, 0, {name: 'A', activation})(input);
  return tf.model({inputs: input, outputs: above(branch(branches)(a), branch(2))});
}

/** Arms that are one layer each and add up. */
function gains(values: number[], merge?: dtp.MergeName) {
  return network(values.length, (arms) => add(...arms.map((arm, i) => rotation(values[i])(arm))), {
    merge,
  });
}

/** One pass of targets: of the layer A, and what is wanted of the model's outputs. */
function targets(model: tf.LayersModel, x: tf.Tensor, iterations = 1) {
  const y = x.mul(3).cos();
  const loss = (outputs: tf.Tensor | tf.Tensor[]) =>
    tf.addN([outputs].flat().map((output) => output.sub(y).square().sum(-1).mean())) as tf.Scalar;
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const config = resolveConfig({beta: BETA, inversion: {iterations}});
  const step = createStep(config, new Set(variables), () => {});
  const {difference, share} = withStep(step, () => {
    propagate(step, () => loss(model.apply(x) as tf.Tensor | tf.Tensor[]));
    weigh(step);
    const a = step.records.find(({layer}) => layer.name === 'A');
    return {difference: a?.difference?.clone(), share: a?.influence?.clone()};
  });
  return {
    /** d_A. */
    difference: difference as tf.Tensor,
    /** s_A. */
    share: share as tf.Tensor1D,
    /** −β ∂L_b/∂h of the model's output, by autodiff. */
    get wanted() {
      return tf
        .grad(loss)(model.predict(x) as tf.Tensor)
        .mul(-BETA * x.shape[0]);
    },
    /** −β ∂L_b/∂h_A, by autodiff; A is the identity. */
    descent: tf
      .grad((at) => loss(model.apply(at) as tf.Tensor | tf.Tensor[]))(x)
      .mul(-BETA * x.shape[0]),
  };
}

const examples = (count = 3) => tf.randomNormal([count, 2], 0, 1, 'float32', 5);

onEveryBackend('targets that come back over the arms of a branch', () => {
  // Correction of the paper, in which any γ would make the whole change.
  for (const values of [
    [1, 1],
    [3, 1],
    [2, -1],
    [1, 2, 4],
    [1, 1, 1, 1, 1],
  ]) {
    it(`make (Σa)² / Σa² of the wanted change through exact inverses of gains ${values}`, () => {
      const {difference, wanted} = targets(gains(values), examples());
      const total = values.reduce((sum, a) => sum + a, 0);
      const squares = values.reduce((sum, a) => sum + a * a, 0);
      expectTensorsClose(difference.mul(total), wanted.mul(total ** 2 / squares), 1e-4);
    });

    it(`make Σa Σ(1/a) of it where they are added up: gains ${values}`, () => {
      const {difference, wanted} = targets(gains(values, 'sum'), examples());
      const total = values.reduce((sum, a) => sum + a, 0);
      const inverses = values.reduce((sum, a) => sum + 1 / a, 0);
      expectTensorsClose(difference.mul(total), wanted.mul(total * inverses), 1e-4);
    });
  }

  it('cancel where the arms do, and are 0, not NaN', () => {
    const {difference, share} = targets(gains([2, -2]), examples());
    expect(difference.abs().max().dataSync()[0]).toBeLessThan(1e-6 * BETA);
    expect(share.isFinite().all().dataSync()[0]).toBe(1);
  });

  it('are the live arm’s, and reach the output’s target, where the others are dead', () => {
    const dead = network(2, ([a, b]) => add(rotation(3, 0, relu)(a), rotation(-2, 0, relu)(b)));
    // Each example is alive in one arm: in the first where it is positive.
    const x = tf.tensor2d([1, 2, -1, -2, 3, 1], [3, 2]);
    const {difference, wanted} = targets(dead, x);
    const gain = tf.tensor1d([3, -2, 3]);
    expectTensorsClose(scaleExamples(difference, gain), wanted, 1e-4);
  });

  it('are nothing where all arms are dead', () => {
    const dead = network(2, ([a, b]) => add(rotation(3, 0, relu)(a), rotation(2, 0, relu)(b)));
    const {difference, share} = targets(dead, tf.tensor2d([-1, -2, 1, 2], [2, 2]));
    expect(difference.abs().max(1).dataSync()[0]).toBe(0);
    expect(difference.abs().max(1).dataSync()[1]).toBeGreaterThan(0);
    expect(share.dataSync()[0]).toBe(0);
  });

  it('are merged for each example by itself', () => {
    const model = network(2, ([a, b]) => add(rotation(3, 1, relu)(a), rotation(2, 2, relu)(b)));
    const x = examples(6);
    const alone = tf.split(x, 6).map((example) => targets(model, example).difference);
    expectTensorsClose(targets(model, x).difference, tf.concat(alone), 1e-4);
  });

  it('do not count an arm that leads nowhere', () => {
    const unused = network(3, ([a, , b]) => add(rotation(3)(a), rotation(1)(b)));
    const {difference} = targets(unused, examples());
    expectTensorsClose(difference, targets(gains([3, 1]), examples()).difference, 1e-6);
  });

  it('are merged at h_A, below the activation: tanh', () => {
    const [a, b] = [3, 1];
    const x = tf.tensor2d([0.3, -0.5, 0.4, 0.1], [2, 2]);
    const arms = ([left, right]: tf.SymbolicTensor[]) => add(rotation(a)(left), rotation(b)(right));
    const {difference, wanted} = targets(network(2, arms, {activation: 'tanh'}), x, 30);
    const slope = tf.sub(1, x.tanh().square());
    // Of the wanted change of A's output, d / a and d / b, the linked arms invert σ too.
    const reached = difference.mul(slope).mul(a + b);
    expectTensorsClose(reached, wanted.mul((a + b) ** 2 / (a * a + b * b)), 0.01);
  });
});

/** Models whose arms are scaled rotations and their inverses exact, where `measured` is, too. */
const measurable: Record<string, (merge: dtp.MergeName) => tf.LayersModel> = {
  'equal gains': (merge) => gains([1, 1], merge),
  'different gains': (merge) => gains([3, 1], merge),
  'gains of different sign': (merge) => gains([3, -1], merge),
  'many gains': (merge) => gains([1, 2, 4, 0.5], merge),
  'arms that turn': (merge) =>
    network(2, ([a, b]) => add(rotation(3, 1)(a), rotation(2, -0.5)(b)), {merge}),
  'an arm past all layers': (merge) => network(2, ([a, b]) => add(rotation(3, 1)(a), b), {merge}),
  'arms past all layers': (merge) => network(2, ([a, b]) => add(a, b), {merge}),
  'two layers on an arm': (merge) =>
    network(2, ([a, b]) => add(rotation(2, 1)(rotation(3, 1)(a)), rotation(2)(b)), {merge}),
  'a branch on an arm': (merge) =>
    network(
      2,
      ([a, b], branch) => {
        const [c, d] = branch(b);
        return add(rotation(3)(a), rotation(2, 0.5)(c), rotation(1, -0.5)(d));
      },
      {merge},
    ),
  'an arm that is an output of the model': (merge) =>
    network(2, ([a, b]) => [a, rotation(2, 0.5)(b)], {merge}),
  'a branch above a layer on an arm': (merge) =>
    network(
      2,
      ([a, b], branch) => {
        const [c, d] = branch(rotation(0.5, 0.3)(a));
        return add(rotation(3)(c), d, rotation(2, 0.5)(b));
      },
      {merge},
    ),
};

onEveryBackend('the measured influence below a branch', () => {
  for (const [name, build] of Object.entries(measurable)) {
    for (const merge of ['measured', 'convex'] as const) {
      it(`predicts the decrease of the loss: s_A ‖d_A‖² = −β ⟨∂L/∂h_A, d_A⟩, ${name}, '${merge}'`, () => {
        const {difference, share, descent} = targets(build(merge), examples());
        const predicted = share.mul(squaredNorms(difference));
        expectTensorsClose(predicted, innerProducts(descent, difference), 1e-3);
      });
    }

    it(`makes the step of A the gradient’s, s_A d_A = −β ∂L/∂h_A: ${name}, 'measured'`, () => {
      const {difference, share, descent} = targets(build('measured'), examples());
      expectTensorsClose(scaleExamples(difference, share), descent, 1e-3);
    });
  }

  it('and the measured merge do not depend on the scale of a decoder over an arm', () => {
    const stepOf = (merge: dtp.MergeName, c: number) => {
      const arms = ([a, b]: tf.SymbolicTensor[]) =>
        add(rotation(3, 1, {}, c)(a), rotation(2, -0.5)(b));
      const {difference, share} = targets(network(2, arms, {merge}), examples());
      return scaleExamples(difference, share);
    };
    expectTensorsClose(stepOf('measured', 0.3), stepOf('measured', 1), 1e-3);
    const [short, exact] = [stepOf('convex', 0.3), stepOf('convex', 1)];
    expect(short.sub(exact).norm().div(exact.norm()).dataSync()[0]).toBeGreaterThan(0.2);
  });

  it('is 0 where the merged target would raise the loss, as that of a sum can', () => {
    const {difference, share, descent} = targets(gains([3, -1], 'sum'), examples());
    expect(innerProducts(descent, difference).max().dataSync()[0]).toBeLessThan(0);
    expectTensorsClose(share, [0, 0, 0]);
  });
});
