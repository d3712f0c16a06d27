import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {observation} from '../../src/monitor/observation';
import type {StepObserver} from '../../src/step/step_observer';
import {
  beta,
  gaussNewtonSteps,
  gradientSteps,
  inversion,
  invertibleNet,
  LAYERS,
  type Net,
  pairedModel,
  preActivations,
  takeStep,
  WIDTH,
  wanted,
  x,
} from '../laws/invertible_net';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend, onEveryBackendButWebgl} from '../support/backends';
import {diagonal, inner, type Matrix, norm, product, scaled, sum} from '../support/float64';
import {autodiff, lossOf, variablesOf} from '../targets/pass';
import {diagnose, taskOf, unmoved} from './diagnose';
import {expectNumber} from './expect_number';

/** What a step of the network measures of each layer, with its decoders as they are. */
function diagnosticsOf<Name extends dtp.DiagnosticName>(
  name: Name,
  net: Net,
  config: dtp.DTPOptimizerConfig = {},
) {
  const model = pairedModel(net);
  const loss = taskOf(net, model);
  const found = diagnose(model, {beta, ...config}, loss, [name]);
  return found.map((call) => call[name] as NonNullable<dtp.CallDiagnostics[Name]>);
}

/** Decoders c W⁻¹, without biases: g(f(x)) = c x. */
function scaledDecoders(c: number, activation: 'linear' | 'tanh' = 'linear'): Net {
  const net = invertibleNet(activation, {useBias: false});
  return net.map((layer) => ({...layer, decoder: scaled(layer.decoder, c)}));
}

function degrees(a: number[], b: number[]): number {
  return (Math.acos(inner(a, b) / (norm([a]) * norm([b]))) * 180) / Math.PI;
}

onEveryBackend('the diagnostic reconstruction', () => {
  for (const activation of ['linear', 'tanh'] as const) {
    it(`is ε of a decoder (1 − ε) W⁻¹, of inputs and of outputs: ${activation}`, () => {
      const [bottom, ...others] = diagnosticsOf('reconstruction', scaledDecoders(0.8, activation));
      // The decoder of the layer whose input is the data has no part in the step.
      expect(bottom).toEqual({input: null, output: null});
      for (const {input, output} of others) {
        expectNumber(input, 0.2, 1e-5);
        expectNumber(output, 0.2, 1e-5);
      }
    });
  }

  /** Two layers with decoders that reconstruct h_{l−1}; of the upper one 0.9 W⁻¹. */
  function mirrored(between: tf.layers.Layer[] = []) {
    const [below, above] = invertibleNet('tanh', {useBias: false});
    above.activation = 'linear';
    above.decoder = scaled(above.decoder, 0.9);
    const net = [below, above];
    const model = tf.sequential();
    for (const [l, {kernel, activation, decoder}] of net.entries()) {
      const layer = dtp.layers.dense({
        units: WIDTH,
        inputShape: [WIDTH],
        useBias: false,
        activation: activation as 'tanh' | 'linear',
        decoder: {architecture: 'mirror'},
      });
      for (const each of l > 0 ? between : []) model.add(each);
      model.add(layer);
      layer.setWeights([tf.tensor2d(kernel), ...layer.getWeights().slice(1)]);
      layer.decoder?.kernel.write(tf.tensor2d(decoder));
    }
    const loss = taskOf(net, model);
    const [, {reconstruction}] = diagnose(model, {beta}, loss, ['reconstruction']);
    return {net, above, reconstruction};
  }

  it('compares with x_l, whatever the decoder reconstructs, where a stock layer is in between', () => {
    const {reconstruction} = mirrored([tf.layers.activation({activation: 'linear'})]);
    expectNumber(reconstruction?.input as number, 0.1, 1e-5);
    expectNumber(reconstruction?.output as number, 0.1, 1e-5);
  });

  it('compares with h_{l−1}, and goes on through σ, where the decoder reconstructs that', () => {
    const {net, above, reconstruction} = mirrored();

    const [h1, h2] = preActivations(net, x);
    const found = product(h2, above.decoder);
    const again = product(
      found.map((row) => row.map(Math.tanh)),
      above.kernel,
    );
    expectNumber(reconstruction?.input as number, relative(found, h1), 1e-5);
    expectNumber(reconstruction?.output as number, relative(again, h2), 1e-5);
  });
});

onEveryBackend('the diagnostic inversion', () => {
  it('falls by ε an iteration with a decoder (1 − ε) W⁻¹, which is also α', () => {
    const iterations = 3;
    const [bottom, ...others] = diagnosticsOf('inversion', scaledDecoders(0.8), {
      inversion: {iterations},
    });
    expect(bottom).toEqual({start: null, last: null, kept: null, contraction: null, residuals: []});
    for (const {start, last, kept, contraction, residuals} of others) {
      expectNumber(start, 1, 1e-5);
      expectNumber(last, 0.2 ** 3, 1e-5);
      expectNumber(kept, 0.2 ** 3, 1e-5);
      expectNumber(contraction, 0.2, 1e-4);
      expect(residuals.length).toBe(1 + iterations);
      for (const [t, residual] of residuals.entries()) expectNumber(residual, 0.2 ** t, 1e-5);
    }
  });

  it('has α of the last two iterations of several, where it changes', () => {
    const net = scaledDecoders(1);
    const top = net[LAYERS - 1];
    const kept = [0.1, 0.2, 0.3, 0.5, 0.8, 0.9];
    // f(x) − τ becomes (f(x) − τ) (I − Q) in an iteration, and the increment is that times G.
    top.decoder = product(diagonal(kept.map((k) => 1 - k)), top.decoder);
    const iterations = 4;
    const found = diagnosticsOf('inversion', net, {inversion: {iterations}});
    const increment = (t: number) =>
      norm(product(wanted, diagonal(kept.map((k) => k ** (t - 1))), top.decoder));
    const expected = increment(iterations) / increment(iterations - 1);
    expect(Math.abs(expected - increment(2) / increment(1))).toBeGreaterThan(0.05);
    expectNumber(found[LAYERS - 1].contraction, expected, 1e-4);
  });

  it('shows iterations that diverge, α > 1, and that the step kept the start', () => {
    const found = diagnosticsOf('inversion', scaledDecoders(2.5), {inversion: {iterations: 3}});
    const top = found[found.length - 1];
    expectNumber(top.last, 1.5 ** 3, 1e-4);
    expectNumber(top.kept, 1, 1e-5);
    expectNumber(top.contraction, 1.5, 1e-4);
    // So the layers below have τ = h, to which there is nothing to relate.
    for (const {last, contraction} of found.slice(0, -1)) {
      expect(last).toBeNull();
      expect(contraction).toBeNull();
    }
  });

  it('has α of a step with a single iteration, too, by one more beside it', () => {
    const [, ...others] = diagnosticsOf('inversion', scaledDecoders(0.8));
    for (const {last, contraction, residuals} of others) {
      expectNumber(last, 0.2, 1e-5);
      expectNumber(contraction, 0.2, 1e-4);
      expect(residuals.length).toBe(3);
    }
  });

  it('has no α where there are no iterations, and starts from the decoder if the step does', () => {
    for (const [inversion, contraction] of [
      [{scheme: 'none'}, null],
      [{start: 'decoder'}, 0.2],
    ] as const) {
      // With these decoders g(h) − h_{l−1} = −ε x beside the target: β has to show against that.
      const [, ...others] = diagnosticsOf('inversion', scaledDecoders(0.8), {beta: 1, inversion});
      for (const found of others) {
        expect(found.start).toBeGreaterThan(0.2);
        expect(found.residuals[0]).toBe(found.start);
        if (contraction === null) expect(found.contraction).toBeNull();
        else expectNumber(found.contraction, contraction, 1e-4);
      }
    }
  });

  it('measures what a parallel relaxation left: with too few sweeps low layers have no target', () => {
    const found = diagnosticsOf('inversion', scaledDecoders(0.8), {
      schedule: 'parallel',
      inversion: {iterations: 2},
    });
    // From the top: two sweeps towards its target, then one, then none.
    expectNumber(found[3].kept, 0.2 ** 2, 1e-5);
    // The target was 0.8 d when this one corrected for it, and became 0.96 d in the same sweep.
    expectNumber(found[2].kept, (0.96 - 0.8 * 0.8) / 0.96, 1e-5);
    expectNumber(found[1].kept, 1, 1e-5);
    expect(found[0].kept).toBeNull();
  });

  it('has the start, the last and the kept iterate of the step’s own relaxation', () => {
    // In parallel, starts from the decoder are towards the targets of the first sweep.
    const net = scaledDecoders(0.8, 'tanh');
    const model = pairedModel(net);
    const observed = observation('spec', ['inversion']);
    const own: number[][] = [];
    const observer: StepObserver = {
      recorded: observed.recorded,
      determined: (step, determined) => {
        observed.determined(step, determined);
        for (const {inverted, difference} of step.records) {
          const {start, last, kept} = inverted?.errors ?? {};
          const lengths = [start, last, kept].map((errors) => errors?.sum().dataSync()[0] ?? 0);
          const target = difference?.square().sum().dataSync()[0] as number;
          own.push(lengths.map((length) => Math.sqrt(length / target)));
        }
      },
    };
    const inversion = {iterations: 2, start: 'decoder'} as const;
    const loss = taskOf(net, model);
    unmoved(model, {beta: 1, schedule: 'parallel', inversion}, loss, observer);
    for (const [l, {inversion}] of (observed.diagnostics ?? []).entries()) {
      if (l === 0) continue;
      const {start, last, kept, residuals} = inversion as dtp.InversionProgress;
      for (const [i, found] of [start, last, kept].entries()) expectNumber(found, own[l][i], 1e-4);
      if (l < 3)
        expect(Math.abs((start as number) - (residuals[0] as number))).toBeGreaterThan(1e-3);
    }
  });
});

onEveryBackend('the diagnostic influence', () => {
  it('is the mean, the least and the greatest of the shares that the step uses', () => {
    const net = invertibleNet();
    const {shares} = takeStep(net, {beta, influence: 'paper'});
    for (const [l, found] of diagnosticsOf('influence', net, {influence: 'paper'}).entries()) {
      const mean = shares[l].reduce((a, b) => a + b, 0) / shares[l].length;
      expectNumber(found.mean, mean, 1e-6 * mean);
      expect(found.min).toBe(Math.min(...shares[l]));
      expect(found.max).toBe(Math.max(...shares[l]));
    }
  });

  it('is of any number of examples', () => {
    const examples = 200_000;
    const model = tf.sequential({layers: [dtp.layers.dense({units: 1, inputShape: [1]})]});
    const optimizer = new dtp.DTPOptimizer();
    const observed = optimizer.observe(['influence']);
    const loss = () =>
      (model.apply(tf.ones([examples, 1])) as tf.Tensor).square().mean<tf.Scalar>();
    optimizer.minimize(loss, false, variablesOf(model));
    expect(observed.diagnostics?.[0].influence).toEqual({mean: 1, min: 1, max: 1});
  });
});

onEveryBackend('the diagnostic target', () => {
  it('is ‖τ − h‖ / ‖h‖, proportional to β', () => {
    const net = invertibleNet();
    const h = preActivations(net, x);
    for (const size of [beta, 10 * beta]) {
      const found = diagnosticsOf('target', net, {beta: size, inversion});
      for (const [l, target] of found.entries()) {
        const expected = (size * norm(gaussNewtonSteps(net, l))) / norm(h[l]);
        expectNumber(target.size, expected, 1e-4 * expected);
      }
    }
  });
});

onEveryBackendButWebgl('the diagnostic angle', () => {
  it('of targets is the one between the Gauss–Newton and the gradient step', () => {
    const net = invertibleNet();
    for (const [l, {target}] of diagnosticsOf('angle', net, {inversion}).entries()) {
      expectNumber(
        target,
        degrees(gaussNewtonSteps(net, l).flat(), gradientSteps(net, l).flat()),
        1e-2,
      );
    }
  });

  it('of targets is 0 where they are gradients, and of the delta rule’s update of one example', () => {
    const [, model] = stockAndPaired(architectures['relu classifier']);
    const config = {feedback: 'gradient', update: {rule: 'example'}} as const;
    const loss = lossOf(model, data(architectures['relu classifier'], 1));
    for (const {angle} of diagnose(model, config, loss, ['angle'])) {
      expectNumber(angle?.target, 0, 1e-3);
      expectNumber(angle?.update, 0, 1e-3);
    }
  });

  for (const [name, architecture] of Object.entries(architectures)) {
    it(`of updates is the one between what moves and the stock model’s gradient: ${name}`, () => {
      const [stock, paired] = stockAndPaired(architecture);
      const batch = data(architecture, 5);
      const grads = autodiff(stock, batch);
      const valuesOf = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
      const before = variablesOf(paired).map(valuesOf);
      const optimizer = new dtp.DTPOptimizer({learningRate: 1});
      const observed = optimizer.observe(['angle']);
      optimizer.minimize(lossOf(paired, batch), false, variablesOf(paired));

      const vectors = variablesOf(paired).map((variable, i) => ({
        variable,
        change: valuesOf(variable).map((value, j) => value - before[i][j]),
        descent: valuesOf(grads[variablesOf(stock)[i].name].neg()),
      }));
      expect(observed.diagnostics?.length).toBeGreaterThan(0);
      for (const {layer, angle} of observed.diagnostics ?? []) {
        const own = vectors.filter(({variable}) => variable.name.split('/')[0] === layer);
        expect(own.length).toBeGreaterThan(0);
        const angles = degrees(
          own.flatMap(({change}) => change),
          own.flatMap(({descent}) => descent),
        );
        // Subtracting weights leaves three to four digits of their change.
        expectNumber(angle?.update as number, angles, 0.2);
      }
    });
  }

  it('counts a regulariser on both sides', () => {
    const l2 = 0.3;
    const model = tf.sequential({
      layers: [
        dtp.layers.dense({
          units: 2,
          inputShape: [3],
          kernelRegularizer: tf.regularizers.l2({l2}),
        }),
      ],
    });
    // At its own prediction the loss has no gradient but the regulariser's, which inputs of 0 do not turn.
    const input = tf.zeros([4, 3]);
    const optimizer = new dtp.DTPOptimizer({learningRate: 0.01});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const observed = optimizer.observe(['angle']);
    const kernel = model.trainableWeights[0].read();
    const loss = () =>
      tf.losses
        .meanSquaredError(model.predict(input) as tf.Tensor, model.apply(input) as tf.Tensor)
        .add(kernel.square().sum().mul(l2)) as tf.Scalar;
    optimizer.minimize(loss, false, variablesOf(model));
    expectNumber(observed.diagnostics?.[0].angle?.update, 0, 1e-3);
    // There is no target: τ = h.
    expect(observed.diagnostics?.[0].angle?.target).toBeNull();
  });

  it('of the update of a frozen layer is null', () => {
    const model = architectureOf('relu classifier');
    model.layers[1].trainable = false;
    const found = trainingStep(model, 'relu classifier', ['angle']);
    expect(found.map(({angle}) => angle?.update === null)).toEqual([false, true, false]);
  });
});

onEveryBackend('diagnostics', () => {
  it('are the same whether differences are scaled or not', () => {
    const names = Object.keys(dtp.diagnostics) as dtp.DiagnosticName[];
    const inversion = {iterations: 3};
    for (const influence of ['measured', 'paper', 'uniform'] as const) {
      const net = scaledDecoders(0.8, 'tanh');
      const model = pairedModel(net);
      const loss = taskOf(net, model);
      const [plain, scaled] = [false, true].map((scaled) => {
        const bounds = {decrease: null};
        return diagnose(model, {beta, influence, inversion, bounds, scaled}, loss, names);
      });
      for (const [l, call] of plain.entries()) {
        for (const name of names) {
          const [expected, found] = [call, scaled[l]].map((measured) => numbersOf(measured[name]));
          expect(found.length).toBe(expected.length);
          // Targets are small; angles and errors of 0 are so up to rounding.
          const smallest = name === 'target' ? 0 : 1e-3;
          for (const [i, value] of expected.entries()) {
            if (value === null) expect(found[i]).toBeNull();
            else expectNumber(found[i], value, 1e-3 * Math.abs(value) + smallest);
          }
        }
      }
    }
  });

  it('of inversion keep to the bound on targets in the iterations that they repeat', () => {
    const [, , , top] = diagnosticsOf('inversion', scaledDecoders(0.8), {
      inversion: {iterations: 3},
      bounds: {target: 1e-7, decrease: null},
    });
    // An iterate that may hardly move stays where it began.
    for (const residual of top.residuals) expect(residual).toBeGreaterThan(0.5);
    expectNumber(top.last, top.residuals[3] as number, 1e-6);
  });
});

/** All that was measured, in one list. */
function numbersOf(measured: object | undefined): Array<number | null> {
  return Object.values(measured ?? {}).flat();
}

describe('diagnostics', () => {
  it('are of the calls that have a target: nothing at or below a frozen base', () => {
    const model = architectureOf('relu classifier');
    model.layers[0].trainable = false;
    const found = trainingStep(model, 'relu classifier', ['target']);
    expect(found.map(({layer}) => layer)).toEqual(model.layers.slice(1).map(({name}) => name));
  });

  it('tell the layers of nested models apart that have one name', () => {
    const part = () =>
      tf.sequential({
        layers: ['hidden', 'out'].map((name) => tf.layers.dense({units: 3, inputShape: [3], name})),
      });
    const model = dtp.convert(tf.sequential({layers: [part(), part()]}));
    const optimizer = new dtp.DTPOptimizer();
    const observed = optimizer.observe(['target']);
    const loss = () => (model.apply(tf.ones([4, 3])) as tf.Tensor).square().mean<tf.Scalar>();
    optimizer.minimize(loss, false, variablesOf(model));
    expect(observed.diagnostics?.map(({layer, call}) => [layer, call])).toEqual([
      ['hidden', 0],
      ['out', 0],
      ['hidden', 1],
      ['out', 1],
    ]);
  });

  it('count the calls that have no target, too', () => {
    const layer = dtp.layers.dense({units: 2, inputShape: [3]});
    layer.build([null, 3]);
    const optimizer = new dtp.DTPOptimizer();
    const observed = optimizer.observe(['target']);
    const loss = () => {
      layer.apply(tf.zeros([4, 3]));
      return (layer.apply(tf.ones([4, 3])) as tf.Tensor).square().mean<tf.Scalar>();
    };
    optimizer.minimize(
      loss,
      false,
      layer.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    expect(observed.diagnostics?.map(({call}) => call)).toEqual([1]);
  });

  it('are of every call of a layer that is used twice', () => {
    const model = architectureOf('a layer used twice');
    const found = trainingStep(model, 'a layer used twice', ['target']);
    const [, shared, top] = model.layers.map(({name}) => name);
    expect(found.map(({layer, call}) => [layer, call])).toEqual([
      [shared, 0],
      [shared, 1],
      [top, 0],
    ]);
    expect(found[0].target?.size).toBeGreaterThan(0);
    expect(found[1].target?.size).not.toBe(found[0].target?.size);
  });
});

function architectureOf(name: string): tf.LayersModel {
  return stockAndPaired(architectures[name])[1];
}

/** What is measured of one step of training. */
function trainingStep(model: tf.LayersModel, name: string, names: dtp.DiagnosticName[]) {
  const optimizer = new dtp.DTPOptimizer();
  const observed = optimizer.observe(names);
  optimizer.minimize(lossOf(model, data(architectures[name], 5)), false, variablesOf(model));
  return observed.diagnostics as dtp.CallDiagnostics[];
}

/** ‖a − b‖ / ‖b‖. */
function relative(a: Matrix, b: Matrix): number {
  return norm(sum(a, scaled(b, -1))) / norm(b);
}
