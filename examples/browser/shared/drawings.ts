import type {Dataset, Examples} from '../../data/dataset';
import {InputError} from '../../input_error';

/** A digit that the visitor has drawn and named. */
export interface Drawing {
  label: number;
  /** As many as a bundled digit has, each in [0, 1]. */
  pixels: number[];
}

/** Every so manyth drawing of a label is for testing. */
const TEST_EVERY = 5;

/**
 * Drawings as a data set; what they are tested on is a fifth of them, or all, where there are few.
 *
 * @throws InputError if there are not two labels.
 */
export function datasetOf(drawings: Drawing[]): Dataset & {note: string | null} {
  const labels = new Set(drawings.map(({label}) => label));
  if (labels.size < 2) {
    throw new InputError(
      `There are drawings of ${labels.size === 0 ? 'no digit' : 'one digit only'}. Draw at least ` +
        'two different digits and add each with its label, or choose other data.',
    );
  }
  const seen = new Map<number, number>();
  const isForTest = drawings.map(({label}) => {
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return (seen.get(label) as number) % TEST_EVERY === 0;
  });
  const test = drawings.filter((_, i) => isForTest[i]);
  const own = test.length > 0;
  return {
    name: 'drawings',
    features: drawings[0].pixels.length,
    classes: 10,
    train: examplesOf(drawings.filter((_, i) => !isForTest[i])),
    test: examplesOf(own ? test : drawings),
    note: own ? null : 'With so few drawings the test images are the training images.',
  };
}

/** A data set with drawings added. */
export function joined(
  first: Dataset,
  second: ReturnType<typeof datasetOf>,
): ReturnType<typeof datasetOf> {
  return {
    ...first,
    name: `${first.name} and ${second.name}`,
    classes: Math.max(first.classes, second.classes),
    train: concatenated(first.train, second.train),
    test: concatenated(first.test, second.test),
    note: second.note && 'With so few drawings all are among the training and the test images.',
  };
}

function examplesOf(drawings: Drawing[]): Examples {
  return {
    count: drawings.length,
    pixels: Float32Array.from(drawings.flatMap(({pixels}) => pixels)),
    labels: Uint8Array.from(drawings, ({label}) => label),
  };
}

function concatenated(first: Examples, second: Examples): Examples {
  return {
    count: first.count + second.count,
    pixels: Float32Array.from([...first.pixels, ...second.pixels]),
    labels: Uint8Array.from([...first.labels, ...second.labels]),
  };
}
