import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {Examples} from '../../../examples/data/dataset';
import {firstImages} from '../../../examples/data/dataset';
import {loadDigits} from '../../../examples/data/digits';

/** Every image as the line that it has in the file. */
function lines({count, pixels, labels}: Examples): string[] {
  return Array.from({length: count}, (_, index) =>
    [
      ...pixels.slice(64 * index, 64 * (index + 1)).map((pixel) => 16 * pixel),
      labels[index],
    ].join(),
  );
}

describe('loadDigits', () => {
  const {train, test} = loadDigits();

  it('has every image of the file in exactly one part', () => {
    const file = readFileSync('examples/data/digits.csv.gz');
    const expected = gunzipSync(file).toString().trim().split('\n');
    expect([train.count, test.count]).toEqual([1437, 360]);
    expect([...lines(train), ...lines(test)].sort()).toEqual(expected.sort());
  });

  it('has all ten digits in both parts', () => {
    for (const {labels} of [train, test]) expect(new Set(labels).size).toBe(10);
  });

  it('can be cut to the first images of both parts', () => {
    const cut = firstImages(loadDigits(), 400);
    expect(lines(cut.train)).toEqual(lines(train).slice(0, 400));
    expect(lines(cut.test)).toEqual(lines(test));
  });
});
