import {gzipSync} from 'node:zlib';
import {unpack} from '../../../examples/data/unpack';
import {InputError} from '../../../examples/input_error';

const content = Uint8Array.from({length: 1000}, (_, index) => index % 7);
const packed = new Uint8Array(gzipSync(content));

describe('unpack', () => {
  it('gives back what was packed, and what was not', async () => {
    expect(await unpack(packed, 'file')).toEqual(content);
    expect(await unpack(content, 'file')).toEqual(content);
    expect(await unpack(new Uint8Array(), 'file')).toEqual(new Uint8Array());
  });

  const wrongChecksum = packed.map((byte, i) => (i === packed.length - 8 ? byte ^ 0xff : byte));
  const damages: Record<string, {bytes: Uint8Array<ArrayBuffer>; reason: RegExp}> = {
    'was cut off': {bytes: packed.slice(0, -6), reason: /gzip \(unexpected end of file\)/},
    'has a wrong checksum': {bytes: wrongChecksum, reason: /gzip \(.*check/},
  };
  for (const [damage, {bytes, reason}] of Object.entries(damages)) {
    it(`rejects gzip by name and reason if it ${damage}`, async () => {
      const error = await unpack(bytes, 'some/file').catch((thrown) => thrown);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(/^some\/file: /);
      expect(error.message).toMatch(reason);
    });
  }
});
