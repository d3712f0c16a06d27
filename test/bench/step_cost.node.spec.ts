import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {stepCases} from '../../bench/step_cases';
import {measureSteps, stepper} from '../../bench/step_cost';
import type {MethodName} from '../../examples/compare/methods';
import {networkFor} from '../../examples/compare/networks';

const network = networkFor({features: 6, classes: 3}, 'mlp', {hidden: [5, 4]});
const batch = 8;
const PARAMETERS = 6 * 5 + 5 + 5 * 4 + 4 + 4 * 3 + 3;
const BATCH_BYTES = 4 * batch * (6 + 3);
const rounds = {warmUp: 8, rounds: 2, steps: 2};

const costsOf = (...methods: MethodName[]) =>
  measureSteps(stepCases(methods, {network, batch}, 'cpu'), rounds);

describe('The costs of a step', () => {
  it('hold two numbers for each parameter with Adam, one with momentum', async () => {
    const [adam, momentum] = await costsOf('adam', 'sgd');
    // Scalars of Adam: two powers of its decay rates; of the other one: rate and momentum.
    expect(adam.stateBytes).toBe(4 * (2 * PARAMETERS + 2));
    expect(momentum.stateBytes).toBe(4 * (PARAMETERS + 2));
  });

  it('count no other case, and nothing else that is there, in the memory of one', async () => {
    const [alone] = await costsOf('dtp');
    const others = tf.zeros([1000]);
    const together = (await costsOf('adam', 'dtp', 'bp')).find(({method}) => method === 'dtp');
    others.dispose();
    for (const field of ['peakBytes', 'stateBytes', 'kernelCalls', 'tensors'] as const) {
      expect(together?.[field]).withContext(field).toBe(alone[field]);
    }
  });

  it('have a peak above what is there before a step: weights, state and mini-batch', async () => {
    for (const {peakBytes, stateBytes} of await costsOf('dtp', 'bp', 'adam', 'sgd')) {
      expect(peakBytes).toBeGreaterThan(4 * PARAMETERS + stateBytes + BATCH_BYTES);
    }
  });

  it('have a median between the fastest and the slowest round', async () => {
    for (const {milliseconds, range} of await costsOf('dtp', 'adam')) {
      expect(milliseconds).toBeGreaterThanOrEqual(range[0]);
      expect(milliseconds).toBeLessThanOrEqual(range[1]);
    }
  });

  it('are of the images given, of which there may be less than a mini-batch', async () => {
    const images = (count: number) => ({
      features: 6,
      classes: 3,
      train: {count, pixels: new Float32Array(6 * count), labels: new Uint8Array(count)},
    });
    const costs = async (count: number) =>
      (await measureSteps(stepCases(['adam'], {network, batch}, 'cpu'), rounds, images(count)))[0];
    const {numTensors} = tf.memory();
    // One mini-batch of four images, and two of eight each.
    const [few, many] = [await costs(4), await costs(20)];
    expect(many.peakBytes).toBeGreaterThan(few.peakBytes);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('leave no tensor behind', async () => {
    const {numTensors} = tf.memory();
    // Not of momentum: tfjs 4.22 keeps the scalar of its rate for ever.
    await costsOf('dtp', 'bp', 'adam');
    const {step, dispose} = await stepper(stepCases(['dtp'], {network, batch}, 'cpu')[0]);
    const loss = await step();
    expect(loss).toBeGreaterThan(0);
    dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('The cases of a step', () => {
  it('are two for each method on wasm, one on either kind of kernels, and one elsewhere', () => {
    const kinds = (backend: string) =>
      stepCases(['dtp', 'adam'], {network, batch}, backend).map(
        ({method, kernels}) => `${method} ${kernels}`,
      );
    expect(kinds('wasm')).toEqual(['dtp fixed', 'dtp stock', 'adam fixed', 'adam stock']);
    expect(kinds('cpu')).toEqual(['dtp stock', 'adam fixed']);
  });

  it('are of mended kernels alone for what stock wasm cannot differentiate: convolutions', () => {
    const convolutional = networkFor({features: 64, classes: 3}, 'conv');
    const kinds = (backend: string) =>
      stepCases(['dtp', 'bp', 'adam', 'sgd'], {network: convolutional, batch}, backend).map(
        ({method, kernels}) => `${method} ${kernels}`,
      );
    expect(kinds('wasm')).toEqual([
      ...['dtp fixed', 'dtp stock', 'bp fixed', 'bp stock'],
      ...['adam fixed', 'sgd fixed'],
    ]);
    expect(kinds('cpu')).toEqual(['dtp stock', 'bp stock', 'adam fixed', 'sgd fixed']);
  });
});
