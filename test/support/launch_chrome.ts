import {type Browser, chromium} from 'playwright-core';
import {chromeFlags, findChrome} from './chrome';

/** Starts the Chrome that `findChrome` finds, to be driven; the caller's to close. */
export async function launchChrome(flags: string[] = chromeFlags): Promise<Browser> {
  const {path, env} = await findChrome();
  return chromium.launch({
    executablePath: path,
    args: flags,
    env: {...process.env, ...env} as {[name: string]: string},
  });
}
