import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {loadMnistFolder} from '../../../examples/data/mnist_folder';
import {InputError} from '../../../examples/input_error';
import {temporaryFolder} from '../../support/temporary_folder';

describe('loadMnistFolder', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder('mnist');
    write('train-images-idx3-ubyte', [0, 0, 8, 3, ...size(3), ...size(1), ...size(2)], 6);
    write('train-labels-idx1-ubyte', [0, 0, 8, 1, ...size(3)], 3);
    write('t10k-images-idx3-ubyte', [0, 0, 8, 3, ...size(1), ...size(1), ...size(2)], 2);
    write('t10k-labels-idx1-ubyte', [0, 0, 8, 1, ...size(1)], 1);
  });

  const size = (value: number) => [0, 0, 0, value];

  /** Writes a header and the values 0, 1, 2, ... */
  function write(name: string, header: number[], count: number): void {
    writeFileSync(join(folder, name), Buffer.from([...header, ...Array(count).keys()]));
  }

  async function expectRejection(path: string, ...reasons: string[]): Promise<void> {
    const error = await loadMnistFolder(path).catch((reason) => reason);
    expect(error).toBeInstanceOf(InputError);
    for (const reason of reasons) expect(error.message).toContain(reason);
  }

  it('finds images, labels and how many classes there are', async () => {
    const {features, classes, train, test} = await loadMnistFolder(folder);
    expect([features, classes, train.count, test.count]).toEqual([2, 3, 3, 1]);
    expect(train.labels).toEqual(Uint8Array.of(0, 1, 2));
    expect(test.pixels).toEqual(Float32Array.of(0, 1 / 255));
  });

  it('takes a packed file where there is no plain one', async () => {
    const name = 't10k-labels-idx1-ubyte';
    rmSync(join(folder, name));
    const packed = gzipSync(Buffer.from([0, 0, 8, 1, ...size(1), 5]));
    writeFileSync(join(folder, `${name}.gz`), packed);
    expect((await loadMnistFolder(folder)).test.labels).toEqual(Uint8Array.of(5));
  });

  it('names a folder that is not there', async () => {
    await expectRejection(join(folder, 'nowhere'), 'nowhere', 'no such folder');
  });

  it('names a file that is not there', async () => {
    rmSync(join(folder, 't10k-images-idx3-ubyte'));
    await expectRejection(folder, 't10k-images-idx3-ubyte: there is no such file');
  });

  it('names both files if there are not as many labels as images', async () => {
    write('train-labels-idx1-ubyte', [0, 0, 8, 1, ...size(4)], 4);
    await expectRejection(folder, 'train-labels-idx1-ubyte: has 4 labels', 'has 3 images');
  });

  it('rejects test images of another size than the training images', async () => {
    write('t10k-images-idx3-ubyte', [0, 0, 8, 3, ...size(1), ...size(2), ...size(2)], 4);
    await expectRejection(folder, '1×2', '2×2', 'same size');
  });
});
