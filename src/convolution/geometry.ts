/**
 * How a convolution moves along one spatial axis.
 *
 * Output o sees input i through tap k of the kernel where
 *
 *     spread · i = stride · o + dilation · k − before
 *
 * An ordinary convolution has spread 1. A transposed one has stride 1 and its input spread: zeros
 * lie between the entries. The two are adjoint to each other, see `adjoint`.
 */
export interface Axis {
  /** Entries of the input. */
  input: number;
  /** Entries of the output. */
  output: number;
  /** Taps of the kernel. */
  kernel: number;
  stride: number;
  dilation: number;
  spread: number;
  /** Zeros in front of the input, below 0 where its first entries are left out. */
  before: number;
}

export type Padding = 'valid' | 'same';

/** The taps of a kernel along an axis. */
export interface Taps {
  kernel: number;
  stride: number;
  /** @defaultValue 1 */
  dilation?: number;
}

/** An axis of an ordinary convolution, padded as TensorFlow pads. */
export function convolved(
  input: number,
  {kernel, stride, dilation = 1}: Taps,
  padding: Padding,
): Axis {
  const reach = dilation * (kernel - 1) + 1;
  const output = Math.ceil((padding === 'same' ? input : input - reach + 1) / stride);
  const missing = Math.max(0, stride * (output - 1) + reach - input);
  const before = padding === 'same' ? Math.floor(missing / 2) : 0;
  return {input, output, kernel, stride, dilation, spread: 1, before};
}

/**
 * An axis of a transposed convolution: the adjoint of the convolution from its output to its input.
 */
export function transposed(
  input: number,
  {kernel, stride}: Omit<Taps, 'dilation'>,
  padding: Padding,
): Axis {
  const output = stride * input + (padding === 'valid' ? Math.max(kernel - stride, 0) : 0);
  return adjoint(convolved(output, {kernel, stride}, padding));
}

/**
 * The axis along which information flows back: output and input change places, and the taps count
 * from the other end.
 *
 *     stride · o = spread · i + dilation · k' − before',   k' = kernel − 1 − k
 */
export function adjoint(axis: Axis): Axis {
  const {input, output, stride, spread, kernel, dilation, before} = axis;
  return {
    ...axis,
    input: output,
    output: input,
    stride: spread,
    spread: stride,
    before: dilation * (kernel - 1) - before,
  };
}

/** The same axis with one output in `every`, from the middle of what is left over. */
export function thinned(axis: Axis, every: number): Axis {
  const first = Math.floor(((axis.output - 1) % every) / 2);
  return {
    ...axis,
    output: Math.ceil((axis.output - first) / every),
    stride: axis.stride * every,
    before: axis.before - first * axis.stride,
  };
}

/**
 * In how many windows the most often seen input lies: along one axis ‖P‖², P the taking of windows.
 */
export function overlap({input, output, kernel, stride, dilation, spread, before}: Axis): number {
  const seen = new Array<number>(input).fill(0);
  for (let o = 0; o < output; o++) {
    for (let k = 0; k < kernel; k++) {
      const at = (stride * o + dilation * k - before) / spread;
      if (at in seen) seen[at]++;
    }
  }
  return seen.reduce((most, count) => Math.max(most, count), 0);
}

/**
 * The smallest piece of an endless axis on which impulses are not cut off: every output that sees
 * one is in it, and every input that these outputs see. There is an impulse for each of the
 * `stride` places that an input can have relative to the outputs, at the entries from `first` on.
 */
export function aroundImpulses(axis: Axis): Axis & {first: number} {
  const {kernel, stride, dilation, spread} = axis;
  const first = Math.ceil((dilation * (kernel - 1)) / spread);
  const output = Math.floor((spread * (first + stride - 1)) / stride) + 1;
  const input = Math.floor((stride * (output - 1) + dilation * (kernel - 1)) / spread) + 1;
  return {...axis, input, output, before: 0, first};
}
