import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {convolveForGradients} from '../../../examples/compare/wasm_convolution_gradient';
import {expectTensorsClose} from '../../support/expect_tensors';
import {memory} from '../../support/memory';

interface Convolution {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides?: [number, number] | number;
  pad?: Parameters<typeof tf.conv2d>[3];
}

const convolutions: Record<string, Convolution> = {
  'one channel': {x: [3, 7, 7, 1], filter: [5, 5, 1, 4]},
  'several channels': {x: [3, 6, 6, 3], filter: [3, 3, 3, 4]},
  'one image': {x: [1, 6, 5, 2], filter: [3, 3, 2, 3]},
  'one image of one channel': {x: [1, 6, 5, 1], filter: [3, 3, 1, 1]},
  'an oblong image and kernel': {x: [2, 9, 5, 2], filter: [2, 4, 2, 3]},
  'an even kernel': {x: [2, 6, 7, 2], filter: [2, 4, 2, 3]},
  'a kernel of one tap': {x: [2, 4, 4, 3], filter: [1, 1, 3, 2]},
  'no padding': {x: [2, 7, 6, 2], filter: [3, 2, 2, 3], pad: 'valid'},
  'a kernel as large as the image': {x: [2, 4, 4, 2], filter: [4, 4, 2, 3], pad: 'valid'},
  'a stride': {x: [2, 8, 7, 2], filter: [3, 3, 2, 3], strides: 2},
  'two strides': {x: [2, 9, 9, 2], filter: [3, 3, 2, 3], strides: [2, 3]},
  'a stride along one axis': {x: [2, 6, 8, 2], filter: [3, 3, 2, 3], strides: [1, 2]},
  'a stride that leaves a rest': {x: [2, 8, 9, 2], filter: [3, 3, 2, 3], strides: 3, pad: 'valid'},
  'a stride beyond the kernel': {x: [2, 9, 9, 2], filter: [2, 2, 2, 3], strides: 3},
  'a padding in numbers': {x: [2, 5, 6, 2], filter: [3, 3, 2, 3], pad: 2},
  'more padding than the kernel sees': {x: [2, 5, 5, 2], filter: [2, 2, 2, 3], pad: 3},
  'a padding of each side': {
    x: [2, 6, 6, 2],
    filter: [4, 3, 2, 3],
    pad: [
      [0, 0],
      [2, 0],
      [1, 3],
      [0, 0],
    ],
  },
};

/** The gradients by images and by kernel of a sum that weighs all outputs differently. */
function gradientsOf({x, filter, strides = 1, pad = 'same'}: Convolution): tf.Tensor[] {
  const loss = (images: tf.Tensor, kernel: tf.Tensor) => {
    const outputs = tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);
    return outputs.mul(random(outputs.shape, 3)).sum();
  };
  return tf.grads(loss)([random(x, 1), random(filter, 2)]);
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

describe('convolveForGradients', () => {
  let bringBack: () => void;
  beforeEach(async () => {
    await tf.setBackend('wasm');
    tf.engine().startScope();
    bringBack = convolveForGradients();
  });
  afterEach(() => {
    bringBack();
    tf.engine().endScope();
  });
  afterAll(() => tf.setBackend('cpu'));

  for (const [what, convolution] of Object.entries(convolutions)) {
    it(`gives the gradients of the cpu backend with ${what}`, async () => {
      const found = gradientsOf(convolution).map((gradient) => gradient.arraySync() as number[]);
      await tf.setBackend('cpu');
      const expected = gradientsOf(convolution);
      for (const i of [0, 1]) expectTensorsClose(tf.tensor(found[i]), expected[i]);
    });

    it(`keeps nothing but the gradients with ${what}`, () => {
      const before = memory();
      tf.tidy(() => void gradientsOf(convolution));
      expect(memory()).toEqual(before);
    });
  }

  it('keeps nothing if it fails', () => {
    const x = tf.ones<tf.Rank.R4>([1, 3, 4, 4]);
    const before = memory();
    const channelsFirst = () =>
      tf.engine().runKernel('Conv2DBackpropFilter', {x, dy: x}, {
        strides: 1,
        pad: 'same',
        dataFormat: 'NCHW',
        filterShape: [3, 3, 3, 3],
      } as object as tf.NamedAttrMap);
    expect(channelsFirst).toThrowError(/Conv2DBackpropFilter on wasm: .*NCHW.*'NHWC'/);
    expect(memory()).toEqual(before);
  });

  it('leaves the backend as it was: without one kernel, with its own other one', () => {
    const kernels = () =>
      ['Conv2DBackpropFilter', 'Conv2DBackpropInput'].map(
        (name) => tf.getKernel(name, 'wasm')?.kernelFunc,
      );
    const [, fixed] = kernels();
    bringBack();
    const [none, stock] = kernels();
    expect(none).toBeUndefined();
    expect(stock).not.toBe(fixed);
    convolveForGradients()();
    const [noneAgain, stockAgain] = kernels();
    expect(noneAgain).toBeUndefined();
    expect(stockAgain).toBe(stock);
    expect(() => gradientsOf(convolutions['one channel'])).toThrowError(/Conv2DBackpropFilter/);
  });
});
