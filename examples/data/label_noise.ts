import type {Dataset} from './dataset';
import {permutation} from './permutation';

/**
 * The same data with labels drawn anew, every class alike, for a part of the training images; the labels of the
 * test stay. Always of the same images, and the same labels.
 *
 * @param part In [0, 1].
 */
export function withLabelNoise(data: Dataset, part: number): Dataset {
  const {count} = data.train;
  const labels = data.train.labels.slice();
  const drawn = permutation(count, LABELS);
  for (const image of permutation(count, IMAGES).subarray(0, Math.round(part * count))) {
    labels[image] = drawn[image] % data.classes;
  }
  return {...data, train: {...data.train, labels}};
}

/** Seeds of what is drawn. */
const IMAGES = 1;
const LABELS = 2;
