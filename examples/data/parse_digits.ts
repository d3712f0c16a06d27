import type {Dataset, Examples} from './dataset';
import {permutation} from './permutation';

const FEATURES = 64;
const BRIGHTEST = 16;
const TRAIN = 1437;
/** The file is ordered by writer; a fixed shuffle puts every writer in both parts. */
const SPLIT_SEED = 1998;

/** The digits of the unpacked `digits.csv.gz`, some to train on and the others to test on. */
export function parseDigits(csv: string): Dataset {
  const images = csv
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const shuffled = Array.from(permutation(images.length, SPLIT_SEED), (index) => images[index]);
  return {
    name: 'UCI digits',
    features: FEATURES,
    classes: 10,
    train: examples(shuffled.slice(0, TRAIN)),
    test: examples(shuffled.slice(TRAIN)),
  };
}

function examples(images: number[][]): Examples {
  return {
    count: images.length,
    pixels: Float32Array.from(
      images.flatMap((image) => image.slice(0, FEATURES)),
      (value) => value / BRIGHTEST,
    ),
    labels: Uint8Array.from(images, (image) => image[FEATURES]),
  };
}
