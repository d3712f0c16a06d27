import {readImages, readLabels} from '../../data/idx';
import {unpack} from '../../data/unpack';
import {InputError} from '../../input_error';
import type {ImageSet} from './images';

/** A file as the browser hands it over, or as a test makes it. */
export type GivenFile = Pick<File, 'name' | 'arrayBuffer'>;

type Images = ReturnType<typeof readImages> & {file: string};
type Labels = ReturnType<typeof readLabels> & {file: string};

/** Without files of their own, every so manyth image is for testing. */
const TEST_EVERY = 6;

/**
 * The images in IDX files: two files, images and labels, of which a sixth is for testing; or four,
 * where those to test on have `t10k` or `test` in their names.
 *
 * @throws InputError that names the file and what is wrong with it, or what is missing.
 */
export async function readFiles(files: GivenFile[]): Promise<ImageSet> {
  const contents = await Promise.all(
    files.map(async ({name, arrayBuffer}, i) => {
      const bytes = new Uint8Array(await arrayBuffer.call(files[i]));
      return {name, bytes: await unpack(bytes, name)};
    }),
  );
  const images: Images[] = [];
  const labels: Labels[] = [];
  for (const {name, bytes} of contents) {
    // The fourth byte says how many sizes follow: one for labels.
    if (bytes[3] === 1) labels.push({...readLabels(bytes, name), file: name});
    else images.push({...readImages(bytes, name), file: name});
  }
  return images.length === 2 && labels.length === 2
    ? twoParts(images, labels)
    : onePart(images, labels);
}

function onePart(images: Images[], labels: Labels[]): ImageSet {
  if (images.length !== 1 || labels.length !== 1) {
    throw new InputError(
      `There are ${images.length} files of images and ${labels.length} of labels, expected one of ` +
        'each, or two of each, to train on and to test on. Give them all at once.',
    );
  }
  const all = paired(images[0], labels[0]);
  const [train, test] = [false, true].map((forTest) =>
    selected(all, (i) => (i % TEST_EVERY === TEST_EVERY - 1) === forTest),
  );
  if (test.count === 0) {
    throw new InputError(
      `${all.file}: has ${all.count} images, expected at least ${TEST_EVERY}, of which one is to test ` +
        'on. Give more.',
    );
  }
  return imageSet(all, train, test);
}

function twoParts(images: Images[], labels: Labels[]): ImageSet {
  const isForTest = ({file}: {file: string}) => /t10k|test/i.test(file);
  const [train, test] = [false, true].map((forTest) => {
    const chosen = [images, labels].map((files: Array<Images | Labels>) =>
      files.filter((file) => isForTest(file) === forTest),
    );
    if (chosen.some((files) => files.length !== 1)) {
      throw new InputError(
        `Which of ${[...images, ...labels].map(({file}) => file).join(', ')} are to test on? Expected ` +
          '"t10k" or "test" in the names of one file of images and one of labels. Rename them.',
      );
    }
    return paired(chosen[0][0] as Images, chosen[1][0] as Labels);
  });
  if (train.rows !== test.rows || train.columns !== test.columns) {
    throw new InputError(
      `${test.file}: images are ${test.rows}×${test.columns}, those of ${train.file} ` +
        `${train.rows}×${train.columns}, expected the same size. Take all files from one data set.`,
    );
  }
  return imageSet(train, train, test);
}

function paired(images: Images, labels: Labels) {
  if (images.count !== labels.count) {
    throw new InputError(
      `${labels.file}: has ${labels.count} labels, but ${images.file} has ${images.count} images, ` +
        'expected one label an image. Take both files from one data set.',
    );
  }
  return {...images, labels: labels.labels};
}

type Part = ReturnType<typeof paired>;

function selected(part: Part, isWanted: (index: number) => boolean): Part {
  const size = part.rows * part.columns;
  const indices = [...Array(part.count).keys()].filter(isWanted);
  const pixels = new Float32Array(indices.length * size);
  for (const [to, from] of indices.entries()) {
    pixels.set(part.pixels.subarray(from * size, (from + 1) * size), to * size);
  }
  const labels = Uint8Array.from(indices, (index) => part.labels[index]);
  return {...part, count: indices.length, pixels, labels};
}

function imageSet({file, rows, columns}: Part, train: Part, test: Part): ImageSet {
  const largest = [train, test].map(({labels}) => labels.reduce((a, b) => Math.max(a, b)));
  return {
    name: file.replace(/\.gz$/i, ''),
    features: rows * columns,
    classes: Math.max(2, 1 + Math.max(...largest)),
    rows,
    columns,
    train,
    test,
    note: null,
  };
}
