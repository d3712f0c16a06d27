import {readImages, readLabels} from '../../../examples/data/idx';
import {InputError} from '../../../examples/input_error';

/** The bytes of an IDX file, as its description has them. */
function idx(magic: number, sizes: number[], values: number[]): Buffer {
  const header = Buffer.alloc(4 * (1 + sizes.length));
  for (const [index, value] of [magic, ...sizes].entries()) header.writeUInt32BE(value, 4 * index);
  return Buffer.concat([header, Buffer.from(values)]);
}

const imageBytes = idx(0x803, [2, 1, 3], [0, 51, 255, 102, 153, 204]);
const labelBytes = idx(0x801, [4], [7, 0, 9, 255]);

describe('An IDX file', () => {
  it('gives back the images written into it', () => {
    const {count, rows, columns, pixels} = readImages(imageBytes, 'images');
    expect([count, rows, columns]).toEqual([2, 1, 3]);
    expect(pixels).toEqual(Float32Array.of(0, 0.2, 1, 0.4, 0.6, 0.8));
  });

  it('gives back the labels written into it', () => {
    const {count, labels} = readLabels(labelBytes, 'labels');
    expect(count).toBe(4);
    expect(labels).toEqual(Uint8Array.of(7, 0, 9, 255));
  });

  const damages: Record<string, {bytes: Buffer; reason: RegExp}> = {
    'is empty': {bytes: Buffer.alloc(0), reason: /0 bytes.*cut off/},
    'ends within its header': {bytes: imageBytes.subarray(0, 15), reason: /15 bytes.*cut off/},
    'ends within its pixels': {
      bytes: imageBytes.subarray(0, -1),
      reason: /6 bytes, but 5 .*cut off/,
    },
    'goes on after its pixels': {
      bytes: Buffer.concat([imageBytes, Buffer.of(0)]),
      reason: /6 bytes, but 7 .*damaged/,
    },
    'is one of labels': {bytes: labelBytes, reason: /0x00000801, expected 0x00000803/},
    'holds no image': {bytes: idx(0x803, [0, 28, 28], []), reason: /at least one/},
  };
  for (const [damage, {bytes, reason}] of Object.entries(damages)) {
    it(`is rejected by name and reason if it ${damage}`, () => {
      expect(() => readImages(bytes, 'some/file')).toThrowMatching(
        (error) =>
          error instanceof InputError &&
          error.message.startsWith('some/file: ') &&
          reason.test(error.message),
      );
    });
  }
});
