import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {composeKernel} from '../../../examples/compare/composed_kernel';
import {memory} from '../../support/memory';

type Operand = {x: tf.TensorInfo};

const buffers = () => memory().buffers;
const run = (name: string, x: tf.Tensor) => tf.engine().runKernel(name, {x}) as tf.Tensor;

describe('composeKernel', () => {
  let bringBack = () => {};
  beforeEach(async () => {
    await tf.setBackend('wasm');
    tf.engine().startScope();
  });
  afterEach(() => {
    bringBack();
    tf.engine().endScope();
  });
  afterAll(() => tf.setBackend('cpu'));

  it('composes a kernel of others and keeps its output alone', () => {
    bringBack = composeKernel('EighthPower', ({x}: Operand, _attrs, run) => {
      const square = (of: tf.TensorInfo) => run('Square', {x: of}, {});
      return square(square(square(x)));
    });
    const x = tf.tensor1d([-1, 0, 2]);
    const before = buffers();
    expect([...run('EighthPower', x).dataSync()]).toEqual([1, 0, 256]);
    expect(buffers()).toBe(before + 1);
  });

  it('runs the kernel that it replaces by its name', () => {
    bringBack = composeKernel('Neg', ({x}: Operand, _attrs, run) =>
      run('Square', {x: run('Neg', {x}, {})}, {}),
    );
    expect([...tf.tensor1d([3, 4]).neg().dataSync()]).toEqual([9, 16]);
    bringBack();
    expect([...tf.tensor1d([3, 4]).neg().dataSync()]).toEqual([-3, -4]);
  });

  it('names a kernel that the backend lacks, and keeps nothing', () => {
    bringBack = composeKernel('Dreams', ({x}: Operand, _attrs, run) =>
      run('Reverie', {x: run('Square', {x}, {})}, {}),
    );
    const x = tf.tensor1d([1]);
    const before = buffers();
    expect(() => run('Dreams', x)).toThrowError(/^composeKernel: .*no kernel Reverie\. Import/);
    expect(buffers()).toBe(before);
    bringBack();
    expect(tf.getKernel('Dreams', 'wasm')).toBeUndefined();
  });
});
