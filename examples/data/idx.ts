import {InputError} from '../input_error';

/**
 * The images of an IDX file.
 *
 *     magic 0x00000803, count, rows, columns    four big-endian 32-bit numbers
 *     count × rows × columns bytes              one a pixel, 0 black to 255 white
 *
 * @param bytes The file; `unpack` it first if it may be gzip.
 * @param file Its name, for messages.
 * @throws InputError that names the file and what is wrong with it.
 */
export function readImages(bytes: Uint8Array, file: string) {
  const {sizes, values} = readIdx(bytes, file, IMAGES);
  const [count, rows, columns] = sizes;
  return {count, rows, columns, pixels: Float32Array.from(values, (value) => value / 255)};
}

/**
 * The labels of an IDX file.
 *
 *     magic 0x00000801, count                   two big-endian 32-bit numbers
 *     count bytes                               one a label
 *
 * @param bytes The file; `unpack` it first if it may be gzip.
 * @param file Its name, for messages.
 * @throws InputError that names the file and what is wrong with it.
 */
export function readLabels(bytes: Uint8Array, file: string) {
  const {sizes, values} = readIdx(bytes, file, LABELS);
  return {count: sizes[0], labels: Uint8Array.from(values)};
}

/** The first number of a file: a byte of zeros twice, 8 for unsigned bytes, how many sizes follow. */
const IMAGES = {magic: 0x00000803, sizes: 3, what: 'images'};
const LABELS = {magic: 0x00000801, sizes: 1, what: 'labels'};

function readIdx(bytes: Uint8Array, file: string, expected: typeof IMAGES) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = bytes.length < 4 ? expected.magic : view.getUint32(0);
  if (magic !== expected.magic) {
    throw new InputError(
      `${file}: starts with the magic number ${hexadecimal(magic)}, expected ` +
        `${hexadecimal(expected.magic)} of IDX ${expected.what}. Check that it is the right file.`,
    );
  }
  const header = 4 * (1 + expected.sizes);
  if (bytes.length < header) {
    throw new InputError(
      `${file}: has ${bytes.length} bytes, expected at least the ${header} of an IDX header. ` +
        'The file is cut off; download it again.',
    );
  }
  const sizes = Array.from({length: expected.sizes}, (_, axis) => view.getUint32(4 * (axis + 1)));
  const announced = sizes.reduce((product, size) => product * size);
  if (announced === 0) {
    throw new InputError(
      `${file}: its header says ${sizes.join(' × ')} ${expected.what}, expected at least one. ` +
        'Give a file that holds some.',
    );
  }
  const found = bytes.length - header;
  if (found !== announced) {
    throw new InputError(
      `${file}: its header says ${sizes.join(' × ')} ${expected.what}, that is ${announced} bytes, ` +
        `but ${found} follow. The file is ${found < announced ? 'cut off' : 'damaged'}; ` +
        'download it again.',
    );
  }
  return {sizes, values: bytes.subarray(header)};
}

function hexadecimal(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`;
}
