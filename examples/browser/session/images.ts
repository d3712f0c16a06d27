import type {Dataset, Examples} from '../../data/dataset';
import digitsFile from '../../data/digits.csv.gz?url';
import {parseDigits} from '../../data/parse_digits';
import {unpack} from '../../data/unpack';
import {InputError} from '../../input_error';
import {type Drawing, datasetOf, joined} from '../shared/drawings';
import type {Settings} from '../shared/settings';

/** A data set whose images have sides. */
export interface ImageSet extends Dataset {
  rows: number;
  columns: number;
  note: string | null;
}

/** At most so many images to test on. */
const TEST_LIMIT = 2000;

let digits: Promise<ImageSet> | null = null;

/**
 * The images that settings ask for.
 *
 * @param files Those that were given as files; null if none were.
 * @throws InputError if there are none of that kind.
 */
export async function imagesFor(
  {source, limit}: Settings,
  drawings: Drawing[],
  files: ImageSet | null,
): Promise<ImageSet> {
  return limited(await choose(source, drawings, files), limit);
}

async function choose(
  source: Settings['source'],
  drawings: Drawing[],
  files: ImageSet | null,
): Promise<ImageSet> {
  if (source === 'files') {
    if (files !== null) return files;
    throw new InputError(
      'There are no files yet. Drop IDX files onto the page or choose them, or choose other data.',
    );
  }
  const bundled = await bundledDigits();
  if (source === 'digits') return bundled;
  const drawn = datasetOf(drawings);
  return source === 'drawings' ? {...bundled, ...drawn} : {...bundled, ...joined(bundled, drawn)};
}

function bundledDigits(): Promise<ImageSet> {
  digits ??= fetchDigits().catch((error) => {
    digits = null;
    throw error;
  });
  return digits;
}

async function fetchDigits(): Promise<ImageSet> {
  const response = await fetch(digitsFile).catch(() => null);
  if (!response?.ok) {
    throw new InputError('The bundled digits cannot be loaded. Check the connection and reset.');
  }
  const bytes = await unpack(new Uint8Array(await response.arrayBuffer()), 'The bundled digits');
  const data = parseDigits(new TextDecoder().decode(bytes));
  return {...data, rows: 8, columns: 8, note: null};
}

function limited({train, test, ...set}: ImageSet, limit: number): ImageSet {
  const first = ({count, pixels, labels}: Examples, most: number): Examples => {
    const kept = Math.min(count, most);
    return {
      count: kept,
      pixels: pixels.subarray(0, kept * set.features),
      labels: labels.subarray(0, kept),
    };
  };
  return {...set, train: first(train, limit), test: first(test, TEST_LIMIT)};
}
