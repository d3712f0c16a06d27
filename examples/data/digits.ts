import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {Dataset, Examples} from './dataset';
import {permutation} from './permutation';

const FEATURES = 64;
const BRIGHTEST = 16;
const TRAIN = 1437;
/** The file is ordered by writer; a fixed shuffle puts every writer in both parts. */
const SPLIT_SEED = 1998;

/** The 1,797 handwritten digits that come with these examples (see README.md). */
export function loadDigits(): Dataset {
  const file = readFileSync(new URL('digits.csv.gz', import.meta.url));
  const lines = gunzipSync(file).toString('ascii').trim().split('\n');
  const images = lines.map((line) => line.split(',').map(Number));
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
