import {closeSync, existsSync, mkdirSync, openSync, rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {InputError} from '../input_error';

/**
 * Makes sure that a file can be written later, without changing it; makes its folder.
 *
 * @param option The option that named the file, for the message.
 * @throws InputError that names the option, the file and the reason.
 */
export function assertWritable(option: string, file: string): void {
  try {
    mkdirSync(dirname(file), {recursive: true});
    const existed = existsSync(file);
    closeSync(openSync(file, 'a'));
    if (!existed) rmSync(file);
  } catch (error) {
    throw new InputError(
      `${option} ${file}: cannot be written (${(error as Error).message}). ` +
        'Give a file in a folder that can be written to.',
    );
  }
}
