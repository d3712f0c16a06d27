import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {lossOf, variablesOf} from '../targets/pass';

const architecture = architectures['relu classifier'];
const everything = Object.keys(dtp.diagnostics) as dtp.DiagnosticName[];

/** A model, and a step of its training. */
function training(config: dtp.DTPOptimizerConfig = {}) {
  const [, model] = stockAndPaired(architecture);
  const optimizer = new dtp.DTPOptimizer({decoders: {every: 100}, ...config});
  const loss = lossOf(model, data(architecture, 5));
  const step = (f = loss) => void optimizer.minimize(f, false, variablesOf(model));
  return {model, optimizer, loss, step};
}

onEveryBackend('DTPOptimizer.observe', () => {
  it('is of the next step only', () => {
    const {optimizer, step} = training();
    step();
    const observed = optimizer.observe(['target']);
    expect(observed.diagnostics).toBeNull();
    step();
    const found = observed.diagnostics;
    expect(found?.length).toBe(3);
    step();
    expect(observed.diagnostics).toBe(found);
  });

  it('costs nothing in other steps: they run the same operations', async () => {
    const operations = async (step: () => void) =>
      (await tf.profile(step)).kernels.map(({name}) => name);
    // Without bounds, which take operations of their own in steps that they shorten.
    const none = {together: null, decrease: null, shift: null, noise: null};
    const {optimizer, step} = training({bounds: none});
    step();
    const before = await operations(step);
    optimizer.observe(everything);
    const observing = await operations(step);
    expect(observing.length).toBeGreaterThan(before.length);
    expect(await operations(step)).toEqual(before);
  });

  it('calls the loss function once', () => {
    const {optimizer, loss, step} = training();
    let calls = 0;
    optimizer.observe(everything);
    step(() => {
      calls++;
      return loss();
    });
    expect(calls).toBe(1);
  });

  it('is of all who ask, each by what it asked for', () => {
    const {optimizer, step} = training();
    const [one, other] = [optimizer.observe(['angle']), optimizer.observe(['influence', 'angle'])];
    step();
    expect(Object.keys(one.diagnostics?.[0] ?? {})).toEqual(['layer', 'call', 'angle']);
    expect(Object.keys(other.diagnostics?.[0] ?? {})).toEqual([
      'layer',
      'call',
      'influence',
      'angle',
    ]);
    expect(one.diagnostics?.[0].angle).toEqual(other.diagnostics?.[0].angle);
  });

  it('sees weights and decoders before the step moves them', () => {
    const config = {learningRate: 1, decoders: {every: 1}};
    for (const online of [null, {}]) {
      const found = [1e-9, 1].map((learningRate) => {
        const {optimizer, step} = training({
          ...config,
          learningRate,
          schedule: 'parallel',
          inversion: {iterations: 3},
          online,
        });
        const observed = optimizer.observe(['reconstruction', 'inversion', 'influence', 'target']);
        step();
        return observed.diagnostics?.map(({layer: _, ...measured}) => measured);
      });
      expect(found[0]?.length).toBe(3);
      expect(found[0]).toEqual(found[1]);
    }
  });

  it('shows online updates by their sum, the update at the end', () => {
    const parallel = {schedule: 'parallel', inversion: {iterations: 4}} as const;
    const [once, online] = [null, {}].map((online) => {
      const {optimizer, step} = training({...parallel, online});
      const observed = optimizer.observe(['angle']);
      step();
      return observed.diagnostics?.map(({angle}) => angle);
    });
    expect(online).toEqual(once);
  });

  it('stays without diagnostics where a step fails, and asks nothing of the next', () => {
    const {optimizer, loss, step} = training();
    const observed = optimizer.observe();
    expect(() => step(() => loss().mul(Number.NaN) as tf.Scalar)).toThrowError(/the loss is NaN/);
    step();
    expect(observed.diagnostics).toBeNull();
  });

  it('waits for a step where none is taken, as nothing is trained', () => {
    const {optimizer, step} = training();
    const observed = optimizer.observe(['influence']);
    expect(() => optimizer.minimize(() => tf.scalar(0), false, [])).toThrowError(
      /nothing to train/,
    );
    step();
    expect(observed.diagnostics).not.toBeNull();
  });

  it('rejects a name that is no diagnostic’s', () => {
    const {optimizer} = training();
    expect(() => optimizer.observe(['gauss' as dtp.DiagnosticName])).toThrowError(
      RangeError,
      /DTPOptimizer\.observe: diagnostics is \['gauss'\], expected a list of some of 'reconstruc/,
    );
  });
});
