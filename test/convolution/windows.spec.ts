import * as tf from '@tensorflow/tfjs';
import {convolution} from '../../src/convolution/convolution';
import {type Axis, convolved, type Padding, transposed} from '../../src/convolution/geometry';
import type {Windows} from '../../src/convolution/windows';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';
import {tidyEachSpec} from '../support/tidy_each_spec';

interface Case {
  size: [number, number];
  kernel: [number, number];
  stride?: [number, number];
  dilation?: [number, number];
  padding: Padding;
}

const cases: Record<string, Case> = {
  valid: {size: [5, 6], kernel: [3, 2], padding: 'valid'},
  same: {size: [5, 4], kernel: [3, 4], padding: 'same'},
  'strides, valid': {size: [7, 6], kernel: [3, 2], stride: [2, 3], padding: 'valid'},
  'strides, same': {size: [6, 7], kernel: [3, 3], stride: [2, 2], padding: 'same'},
  'strides beyond the kernel': {size: [7, 5], kernel: [1, 2], stride: [3, 3], padding: 'same'},
  'dilation, valid': {size: [7, 6], kernel: [3, 2], dilation: [2, 3], padding: 'valid'},
  'dilation, same': {size: [5, 6], kernel: [3, 3], dilation: [2, 2], padding: 'same'},
  'a kernel larger than the image': {size: [2, 3], kernel: [5, 5], padding: 'same'},
};

const CHANNELS = {in: 2, out: 3};

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

function axesOf({size, kernel, stride = [1, 1], dilation = [1, 1], padding}: Case): [Axis, Axis] {
  const axis = (i: 0 | 1) =>
    convolved(size[i], {kernel: kernel[i], stride: stride[i], dilation: dilation[i]}, padding);
  return [axis(0), axis(1)];
}

onEveryBackend('the windows of a convolution', () => {
  tidyEachSpec();

  for (const [name, given] of Object.entries(cases)) {
    const {size, kernel, stride = [1, 1], dilation = [1, 1], padding} = given;

    it(`give P(x) W = tf.conv2d(x, W): ${name}`, () => {
      const x = random([2, ...size, CHANNELS.in], 1) as tf.Tensor4D;
      const filter = random([...kernel, CHANNELS.in, CHANNELS.out], 2) as tf.Tensor4D;
      const w = filter.reshape<tf.Tensor2D>([-1, CHANNELS.out]);
      const expected = tf.conv2d(x, filter, stride, padding, 'NHWC', dilation);
      const windows = convolution(axesOf(given));

      expectTensorsClose(windows.product(x, w), expected, 1e-5);
      const [rows] = windows.inputRows(x);
      const written = 'sample' in rows ? rows.sample(Number.POSITIVE_INFINITY) : rows;
      expectTensorsClose(written.matMul(w).reshape(expected.shape), expected, 1e-5);
    });
  }

  const kinds: Record<string, [Windows, number[], number[]]> = {};
  for (const [name, given] of Object.entries(cases)) {
    const [down, across] = axesOf(given);
    kinds[name] = [convolution([down, across]), given.size, [down.output, across.output]];
    if (given.dilation !== undefined) continue;
    const [tall, wide] = ([0, 1] as const).map((i) =>
      transposed(
        given.size[i],
        {kernel: given.kernel[i], stride: given.stride?.[i] ?? 1},
        given.padding,
      ),
    );
    const out = [tall.output, wide.output];
    kinds[`${name}, transposed`] = [convolution([tall, wide]), given.size, out];
  }

  for (const [name, [windows, inputs, outputs]] of Object.entries(kinds)) {
    it(`keep ⟨P(x) W, d⟩ = ⟨x, Pᵀ(d Wᵀ)⟩ = ⟨W, P(x)ᵀ d⟩: ${name}`, () => {
      const x = random([2, ...inputs, CHANNELS.in], 1);
      const d = random([2, ...outputs, CHANNELS.out], 2);
      const [{shape}] = windows.inputRows(x);
      const w = random([shape[1] as number, CHANNELS.out], 3) as tf.Tensor2D;
      const inner = (a: tf.Tensor, b: tf.Tensor) => a.mul(b).sum();
      const product = inner(windows.product(x, w), d);

      // Relative to what the product could be.
      const scale = windows.product(x, w).norm().mul(d.norm());
      const others = [
        inner(x, windows.fold(d, w.transpose())),
        inner(w, windows.correlation(x, d)),
      ];
      for (const other of others) {
        expect(other.sub(product).div(scale).abs().dataSync()[0]).toBeLessThan(1e-6);
      }
    });
  }

  it('leave no tensor behind', () => {
    const windows = convolution(axesOf(cases['strides, same']));
    const x = random([2, 6, 7, 2], 1);
    const d = random([2, 3, 4, 3], 2);
    const w = random([18, 3], 3) as tf.Tensor2D;
    const m = w.transpose<tf.Tensor2D>();
    expect(tensorsLeftBy(() => windows.product(x, w, tf.tensor1d([1, 2, 3])))).toBe(1);
    expect(tensorsLeftBy(() => windows.fold(d, m))).toBe(0);
    expect(tensorsLeftBy(() => windows.correlation(x, d))).toBe(0);
  });
});
