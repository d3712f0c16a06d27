import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {Dataset} from './dataset';
import {parseDigits} from './parse_digits';

/** The 1,797 handwritten digits that come with these examples (see README.md). */
export function loadDigits(): Dataset {
  const file = readFileSync(new URL('digits.csv.gz', import.meta.url));
  return parseDigits(gunzipSync(file).toString('ascii'));
}
