import * as tf from '@tensorflow/tfjs';
import {convolution} from '../../src/convolution/convolution';
import {depthwise} from '../../src/convolution/depthwise';
import {
  type Axis,
  convolved,
  overlap,
  type Padding,
  transposed,
} from '../../src/convolution/geometry';
import type {Windows} from '../../src/convolution/windows';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

/** Windows to test, and the sizes of their images. */
interface Kind {
  windows: Windows;
  inputs: [number, number];
  outputs: [number, number];
  channels: {in: number; out: number};
}

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

describe('overlap', () => {
  it('is in how many windows an input lies, on axes of any length', () => {
    const axis = (stride: number) => convolved(200_000, {kernel: 3, stride, dilation: 1}, 'valid');
    expect([1, 2, 3, 4].map((stride) => overlap(axis(stride)))).toEqual([3, 2, 1, 1]);
  });
});

onEveryBackend('the windows of a convolution', () => {
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

  // Not by tf.conv2d, which on wasm begins before the image here.
  it('of one tap see every so manyth entry from the first on, and need no padding', () => {
    const x = random([1, 6, 4, 1], 1) as tf.Tensor4D;
    const axis = (length: number) => convolved(length, {kernel: 1, stride: 2}, 'same');
    const seen = convolution([axis(6), axis(4)]).product(x, tf.ones([1, 1]));
    expectTensorsClose(seen, x.stridedSlice([0, 0, 0, 0], [1, 6, 4, 1], [1, 2, 2, 1]), 0);
  });

  for (const [name, given] of Object.entries(cases)) {
    it(`samples windows that are among all windows, each of another place: ${name}`, () => {
      const [rows] = convolution(axesOf(given)).inputRows(
        random([2, ...given.size, CHANNELS.in], 1),
      );
      const sampled = (most: number) =>
        'sample' in rows ? (rows.sample(most).arraySync() as number[][]).map(String) : [];
      const all = sampled(Number.POSITIVE_INFINITY);
      for (const most of [1, 4, 9]) {
        const some = sampled(most);
        expect(some.length).toBeGreaterThan(0);
        expect(new Set(some).size).toBe(some.length);
        expect(some.every((row) => all.includes(row))).toBeTrue();
      }
    });
  }

  for (const name of ['same', 'strides, valid', 'dilation, valid']) {
    const {size, kernel, stride = [1, 1], dilation = [1, 1], padding} = cases[name];

    it(`give P(x) W = tf.depthwiseConv2d(x, W), channel by channel: ${name}`, () => {
      const multiplier = 2;
      const x = random([2, ...size, CHANNELS.in], 1) as tf.Tensor4D;
      const filter = random([...kernel, CHANNELS.in, multiplier], 2) as tf.Tensor4D;
      const w = filter.reshape<tf.Tensor2D>([kernel[0] * kernel[1], -1]);
      const [across, down] = [stride[1], stride[0]];
      // tfjs has one stride for both axes here.
      const square: Case = {
        ...cases[name],
        stride: [Math.max(across, down), Math.max(across, down)],
      };
      const expected = tf.depthwiseConv2d(
        x,
        filter,
        square.stride as [number, number],
        padding,
        'NHWC',
        dilation,
      );
      const windows = depthwise(axesOf(square), multiplier);

      expectTensorsClose(windows.product(x, w), expected, 1e-5);
      const written = windows.inputRows(x) as tf.Tensor2D[];
      const channels = tf.split(w, CHANNELS.in, 1).map((part, c) => written[c].matMul(part));
      expectTensorsClose(tf.concat(channels, 1).reshape(expected.shape), expected, 1e-5);
    });
  }

  const kinds: Record<string, Kind> = {};
  for (const [name, given] of Object.entries(cases)) {
    const [down, across] = axesOf(given);
    const whole = {inputs: given.size, outputs: [down.output, across.output] as [number, number]};
    kinds[name] = {windows: convolution([down, across]), ...whole, channels: CHANNELS};
    const each = {in: CHANNELS.in, out: 2 * CHANNELS.in};
    kinds[`${name}, depthwise`] = {windows: depthwise([down, across], 2), ...whole, channels: each};
    if (given.dilation !== undefined) continue;
    const [tall, wide] = ([0, 1] as const).map((i) =>
      transposed(
        given.size[i],
        {kernel: given.kernel[i], stride: given.stride?.[i] ?? 1},
        given.padding,
      ),
    );
    kinds[`${name}, transposed`] = {
      windows: convolution([tall, wide]),
      inputs: given.size,
      outputs: [tall.output, wide.output],
      channels: CHANNELS,
    };
  }

  for (const [name, {windows, inputs, outputs, channels}] of Object.entries(kinds)) {
    it(`keep ⟨P(x) W, d⟩ = ⟨x, Pᵀ(d Wᵀ)⟩ = ⟨W, P(x)ᵀ d⟩: ${name}`, () => {
      const x = random([2, ...inputs, channels.in], 1);
      const d = random([2, ...outputs, channels.out], 2);
      const [{shape}] = windows.inputRows(x);
      const w = random([shape[1] as number, channels.out], 3) as tf.Tensor2D;
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

  for (const [name, {windows, inputs, outputs, channels}] of Object.entries(kinds)) {
    it(`overlap as often as the most seen entry is seen, which is ‖P‖²: ${name}`, () => {
      const [{shape}] = windows.inputRows(tf.zeros([1, ...inputs, channels.in]));
      const features = shape[1] as number;
      // P applied to ones, and folded back: PᵀP is diagonal, with the counts on it.
      const each = windows.outputRows(tf.zeros([1, ...outputs, channels.out]))[0]
        .shape[1] as number;
      const d = tf.ones([1, ...outputs, channels.out]).div(each);
      const counts = tf.addN(
        Array.from({length: features}, (_, feature) => {
          const row = tf.oneHot(tf.fill([channels.out], feature, 'int32'), features).toFloat();
          return windows.fold(d, row as tf.Tensor2D);
        }),
      );
      expect(counts.max().dataSync()[0]).toBeCloseTo(windows.overlap, 4);
    });
  }

  for (const name of ['valid', 'valid, depthwise']) {
    it(`say what each output sees of a number for each channel: ${name}`, () => {
      const {windows, inputs, channels} = kinds[name];
      const perInput = tf.tensor1d([3, 5]);
      const x = tf.ones([1, ...inputs, 1]).mul(perInput);
      const features = windows.inputRows(x)[0].shape[1] as number;
      const seen = Array.from({length: features}, (_, feature) => {
        const row = tf.oneHot(tf.fill([channels.out], feature, 'int32'), features).toFloat();
        return windows.product(x, row.transpose()).slice([0, 0, 0, 0], [1, 1, 1, -1]).as1D();
      });
      const everywhere = tf.zeros([channels.out, features]).add(windows.seen(perInput));
      expectTensorsClose(everywhere, tf.stack(seen, 1), 1e-6);
    });
  }

  for (const stride of [1, 2, 3]) {
    it(`say what outputs see on the average where inputs are spread: stride ${stride}`, () => {
      const axis = transposed(12, {kernel: 4, stride}, 'valid');
      const windows = convolution([axis, axis]);
      const variances = tf.tensor1d([3, 5]);
      const w = random([32, 3], 1) as tf.Tensor2D;
      const ofEach = windows.product(tf.ones([1, 12, 12, 1]).mul(variances), w.square());
      // Away from the borders, as many outputs as there are places that they can have among the inputs.
      const inner = ofEach.slice([0, 6, 6, 0], [1, 6, 6, 3]).mean([0, 1, 2]);
      const seen = w.square().mul(windows.seen(variances).transpose()).sum(0);
      expectTensorsClose(seen, inner, 1e-5);
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
