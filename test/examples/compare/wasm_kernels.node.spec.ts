import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import type {MethodName} from '../../../examples/compare/methods';
import {type Network, networkFor} from '../../../examples/compare/networks';
import {disposeRun, startRun} from '../../../examples/compare/run';
import {withKernels} from '../../../examples/compare/wasm_kernels';

const kernels = ['BatchMatMul', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'];
const inForce = () => kernels.map((name) => tf.getKernel(name, 'wasm')?.kernelFunc);

const network: Network = {
  ...networkFor({features: 64, classes: 3}, 'conv', {hidden: [5]}),
  filters: [3, 4],
};
const plan = {network, dtp: {}, decoder: {}, epochs: 1, stepsPerEpoch: 4};

/** The losses of the first steps, and the weights after them. */
async function firstSteps(
  backend: 'cpu' | 'wasm',
  method: MethodName,
): Promise<{losses: number[]; weights: tf.Tensor[]}> {
  await tf.setBackend(backend);
  return withKernels('fixed', async () => {
    const run = startRun(plan, method, 0.01, 1);
    const inputs = tf.randomUniform([6, 64], 0, 1, 'float32', 1);
    const targets = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3).toFloat();
    const losses: number[] = [];
    for (let step = 0; step < 4; step++) {
      losses.push((await run.model.trainOnBatch(inputs, targets)) as number);
    }
    const weights = run.model.getWeights().map((weight) => tf.tensor(weight.dataSync()));
    disposeRun(run);
    tf.dispose([inputs, targets]);
    return {losses, weights};
  });
}

describe('withKernels', () => {
  beforeEach(() => tf.setBackend('wasm'));
  afterAll(() => tf.setBackend('cpu'));

  it('has all mends in force while it runs something, and none afterwards', async () => {
    const stock = inForce();
    await withKernels('fixed', async () => {
      for (const [i, kernel] of inForce().entries()) {
        expect(kernel).withContext(kernels[i]).toBeDefined();
        expect(kernel).withContext(kernels[i]).not.toBe(stock[i]);
      }
    });
    expect(inForce()).toEqual(stock);
    await withKernels('stock', async () => expect(inForce()).toEqual(stock));
  });

  it('brings the stock kernels back when what it runs fails', async () => {
    const stock = inForce();
    const failing = withKernels('fixed', () => Promise.reject(new Error('out of luck')));
    await expectAsync(failing).toBeRejectedWithError('out of luck');
    expect(inForce()).toEqual(stock);
  });

  for (const method of ['adam', 'sgd'] as const) {
    it(`lets ${method} train a convolutional network as on the cpu, up to rounding`, async () => {
      const onCpu = await firstSteps('cpu', method);
      const onWasm = await firstSteps('wasm', method);
      const far = (a: number, b: number) => Math.abs(a - b);
      for (const [step, loss] of onWasm.losses.entries()) {
        expect(far(loss, onCpu.losses[step])).withContext(`step ${step}`).toBeLessThan(1e-5);
      }
      for (const [i, weight] of onWasm.weights.entries()) {
        const apart = weight.sub(tf.tensor(onCpu.weights[i].dataSync())).abs().max().dataSync()[0];
        expect(apart).withContext(`weight ${i}`).toBeLessThan(1e-5);
      }
      tf.dispose([onCpu.weights, onWasm.weights]);
    });
  }
});
