import * as tf from '@tensorflow/tfjs';

/** What a tensor is compared with: another one, or float64 numbers nested in its shape. */
export type Expected = tf.Tensor | NestedNumbers;
type NestedNumbers = number | NestedNumbers[];

/**
 * Expects a tensor of the expected shape whose entries all keep to
 *
 *     |actual − expected| ≤ relativeTolerance · max |expected|
 *
 * Where everything expected is zero, everything must be.
 */
export function expectTensorsClose(
  actual: tf.Tensor,
  expected: Expected,
  relativeTolerance = 1e-5,
): void {
  const largest = entriesOf(expected).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  expectClose(actual, expected, relativeTolerance, () => largest);
}

/**
 * The same with each entry measured by itself, however small it is beside the others:
 *
 *     |actual − expected| ≤ relativeTolerance · |expected|
 */
export function expectEntriesClose(
  actual: tf.Tensor,
  expected: Expected,
  relativeTolerance = 1e-5,
): void {
  expectClose(actual, expected, relativeTolerance, Math.abs);
}

function expectClose(
  actual: tf.Tensor,
  expected: Expected,
  tolerance: number,
  sizeOf: (entry: number) => number,
): void {
  const shape = shapeOf(expected);
  expect(actual.shape).withContext('shape').toEqual(shape);

  const given = actual.dataSync();
  const wanted = entriesOf(expected);
  const deviations = wanted.map((entry, i) => {
    if (given[i] === entry) return 0;
    const deviation = Math.abs(given[i] - entry) / sizeOf(entry);
    return Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : deviation;
  });
  const largest = deviations.reduce((most, deviation) => Math.max(most, deviation), 0);
  const at = deviations.indexOf(largest);
  expect(largest)
    .withContext(
      `largest relative deviation, at [${indexIn(shape, at)}] of [${shape}]: ` +
        `${given[at]}, expected ${wanted[at]}`,
    )
    .toBeLessThanOrEqual(tolerance);
}

function entriesOf(expected: Expected): number[] {
  if (expected instanceof tf.Tensor) return [...expected.dataSync()];
  return ([expected] as unknown[]).flat(Number.POSITIVE_INFINITY) as number[];
}

function shapeOf(expected: Expected): number[] {
  if (expected instanceof tf.Tensor) return expected.shape;
  return Array.isArray(expected) ? [expected.length, ...shapeOf(expected[0] ?? 0)] : [];
}

/** The indices, along each axis, of the entry at a place of the flat data. */
function indexIn(shape: number[], place: number): number[] {
  return shape.map((length, axis) => {
    const entriesBelow = shape.slice(axis + 1).reduce((count, size) => count * size, 1);
    return Math.floor(place / entriesBelow) % length;
  });
}
