import {gzipSync} from 'node:zlib';
import {type GivenFile, readFiles} from '../../examples/browser/session/idx_files';
import {InputError} from '../../examples/input_error';
import {imagesFile, labelsFile, stripes} from './idx_bytes';

describe('IDX files', () => {
  const {images, labels} = stripes(31);

  it('give every image once, a sixth of them to test on, with its own label', async () => {
    const {train, test, rows, columns, classes, features, name, note} = await readFiles([
      file('images', images),
      file('labels', labels),
    ]);
    expect([rows, columns, features, classes]).toEqual([5, 4, 20, 3]);
    expect([name, note]).toEqual(['images', null]);
    expect([train.count, test.count]).toEqual([26, 5]);
    const found = [train, test].flatMap(({count, pixels, labels: own}) => {
      expect(pixels.length).toBe(20 * count);
      return [...Array(count).keys()].map((i) =>
        textOf(pixels.subarray(20 * i, 20 * i + 20), own[i]),
      );
    });
    const given = [...Array(31).keys()].map((i) => {
      const pixels = images.subarray(16 + 20 * i, 36 + 20 * i);
      return textOf(
        Float32Array.from(pixels, (value) => value / 255),
        labels[8 + i],
      );
    });
    expect(found.sort()).toEqual(given.sort());
  });

  it('are the same in any order, plain or gzip', async () => {
    const plain = await readFiles([file('all', images), file('labels', labels)]);
    const packed = await readFiles([
      file('labels.gz', gzipSync(labels)),
      file('all.gz', gzipSync(images)),
    ]);
    expect(packed).toEqual({
      ...plain,
      train: {...plain.train, ...named('all.gz')},
      test: {...plain.test, ...named('all.gz')},
    });
  });

  it('of four are told apart by names, and hold all classes of both parts', async () => {
    const test = stripes(6);
    const last = labelsFile([0, 1, 2, 0, 1, 7]);
    const set = await readFiles([
      file('t10k-labels', last),
      file('train-images', images),
      file('t10k-images', test.images),
      file('train-labels', labels),
    ]);
    expect([set.train.count, set.test.count, set.classes]).toEqual([31, 6, 8]);
    expect([...set.test.labels]).toEqual([0, 1, 2, 0, 1, 7]);
    expect(set.name).toBe('train-images');
  });

  it('of one class only make two outputs, so that there is something to tell apart', async () => {
    const {classes} = await readFiles([
      file('i', imagesFile(Array(6).fill([9, 9]), 1, 2)),
      file('l', labelsFile(Array(6).fill(0))),
    ]);
    expect(classes).toBe(2);
  });

  const other = stripes(12);
  const tall = imagesFile(Array(12).fill(Array(30).fill(1)), 6, 5);
  const broken: Array<[what: string, files: GivenFile[], says: RegExp]> = [
    [
      'no labels',
      [file('i', images)],
      /^There are 1 files of images and 0 of labels, expected one/,
    ],
    [
      'three files',
      [file('i', images), file('l', labels), file('m', labels)],
      /1 files of images and 2 of labels.* Give them all at once\.$/,
    ],
    [
      'counts that differ',
      [file('i', images), file('l', other.labels)],
      /^l: has 12 labels, but i has 31 images, expected one label an image\. Take both/,
    ],
    [
      'too few images',
      [file('i', stripes(5).images), file('l', stripes(5).labels)],
      /^i: has 5 images, expected at least 6, .* Give more\.$/,
    ],
    [
      'four names that say nothing',
      [file('i', images), file('l', labels), file('j', other.images), file('m', other.labels)],
      /^Which of i, j, l, m are to test on\? Expected "t10k" or "test" .* Rename them\.$/,
    ],
    [
      'parts of different sizes',
      [file('i', images), file('l', labels), file('test-i', tall), file('test-l', other.labels)],
      /^test-i: images are 6×5, those of i 5×4, expected the same size\. Take all files/,
    ],
    [
      'a part cut off',
      [file('i', images.subarray(0, 50)), file('l', labels)],
      /^i: its header says 31 × 5 × 4 images, that is 620 bytes, but 34 follow\..*again\.$/,
    ],
    [
      'gzip cut off',
      [file('i.gz', gzipSync(images).subarray(0, 60)), file('l', labels)],
      /^i\.gz: cannot be unpacked as gzip .* download it again\.$/,
    ],
    [
      'something else',
      [file('cat.png', Uint8Array.of(137, 80, 78, 71)), file('l', labels)],
      /^cat\.png: starts with the magic number 0x89504e47/,
    ],
    ['an empty file', [file('empty', new Uint8Array()), file('l', labels)], /^empty: has 0 bytes/],
  ];
  for (const [what, files, says] of broken) {
    it(`with ${what} are refused, with what to do`, async () => {
      await expectAsync(readFiles(files)).toBeRejectedWithError(InputError, says);
    });
  }
});

function file(name: string, bytes: Uint8Array): GivenFile {
  return {name, arrayBuffer: async () => Uint8Array.from(bytes).buffer};
}

function named(name: string) {
  return {file: name};
}

function textOf(pixels: Float32Array, label: number): string {
  return `${label}: ${[...pixels].map((value) => Math.round(255 * value)).join(' ')}`;
}
