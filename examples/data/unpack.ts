import {InputError} from '../input_error';

/**
 * The bytes of a file, which may be plain or gzip. Works in Node and in browsers.
 *
 * @param file Its name, for messages.
 * @throws InputError that names the file if it is gzip and damaged.
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<Uint8Array> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip) return bytes;
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (error) {
    throw new InputError(
      `${file}: cannot be unpacked as gzip (${(error as Error).message}). ` +
        'The file is cut off or damaged; download it again.',
    );
  }
}
