import {existsSync, readFileSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {InputError} from '../input_error';
import type {Dataset, Examples} from './dataset';
import {readImages, readLabels} from './idx';
import {unpack} from './unpack';

/** The classic names of the four files; each may also end in `.gz`. */
export const MNIST_FILES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

/**
 * Images from a folder with the four classic MNIST files: MNIST itself, Fashion-MNIST, ...
 *
 * @throws InputError that names the folder or file and what is wrong with it.
 */
export async function loadMnistFolder(folder: string): Promise<Dataset> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputError(
      `${folder}: there is no such folder. Give 'digits', or a folder with the files ` +
        `${MNIST_FILES.join(', ')} (plain or .gz).`,
    );
  }
  const [trainImages, trainLabels, testImages, testLabels] = MNIST_FILES;
  const train = await loadExamples(folder, trainImages, trainLabels);
  const test = await loadExamples(folder, testImages, testLabels);
  if (train.rows !== test.rows || train.columns !== test.columns) {
    throw new InputError(
      `${folder}: training images are ${train.rows}×${train.columns}, test images ` +
        `${test.rows}×${test.columns}, expected the same size. Take all four files from one data set.`,
    );
  }
  return {
    name: basename(resolve(folder)),
    features: train.rows * train.columns,
    classes: 1 + Math.max(largest(train.labels), largest(test.labels)),
    train,
    test,
  };
}

async function loadExamples(
  folder: string,
  imagesName: string,
  labelsName: string,
): Promise<Examples & {rows: number; columns: number}> {
  const imagesFile = find(folder, imagesName);
  const labelsFile = find(folder, labelsName);
  const images = readImages(await unpack(read(imagesFile), imagesFile), imagesFile);
  const {count, labels} = readLabels(await unpack(read(labelsFile), labelsFile), labelsFile);
  if (count !== images.count) {
    throw new InputError(
      `${labelsFile}: has ${count} labels, but ${imagesFile} has ${images.count} images, ` +
        'expected one label an image. Take both files from one data set.',
    );
  }
  return {...images, labels};
}

function find(folder: string, name: string): string {
  const plain = join(folder, name);
  const found = [plain, `${plain}.gz`].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new InputError(
    `${plain}: there is no such file, nor one with .gz. Expected all of ${MNIST_FILES.join(', ')} ` +
      'in that folder.',
  );
}

function read(file: string): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError(
      `${file}: cannot be read (${(error as Error).message}). Check the file and its permissions.`,
    );
  }
}

function largest(labels: Uint8Array): number {
  return labels.reduce((a, b) => Math.max(a, b));
}
