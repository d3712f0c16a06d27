import {execFile} from 'node:child_process';
import {existsSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {promisify} from 'node:util';

export interface Chrome {
  /** The browser's executable. */
  path: string;
  /** Environment variables this executable must be started with. */
  env?: Record<string, string>;
}

/** Runs without a window, a GPU or a user's rights: WebGL is drawn in software, the same everywhere. */
export const chromeFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** Finds the Chrome that `CHROME_BIN` names, else an installed one, else the one npm brought. */
export async function findChrome(): Promise<Chrome> {
  const named = process.env.CHROME_BIN;
  if (named) {
    if (existsSync(named)) return {path: named};
    throw new Error(
      `findChrome: CHROME_BIN is "${named}", where there is no file. ` +
        'Set it to the path of a Chrome or Chromium executable, or unset it to have one found.',
    );
  }
  const installed = usualPlaces().find((place) => existsSync(place));
  return installed ? {path: installed} : unpackChromium();
}

function usualPlaces(): string[] {
  const {env, platform} = process;
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  }
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe'));
  }
  const commands = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => commands.map((command) => path.join(folder, command)));
}

/**
 * Unpacks the Chromium of `@sparticuz/chromium`, with the libraries and fonts it needs, so that it
 * runs where nothing is installed. It stays in that package's folder: later runs find it there, and
 * npm replaces the two together.
 */
async function unpackChromium(): Promise<Chrome> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `findChrome: no Chrome in its usual places, and npm carries none for ${process.platform} ` +
        `${process.arch}, only for linux x64. Install Chrome, or set CHROME_BIN to its path.`,
    );
  }
  const carrier = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const folder = path.resolve(path.dirname(carrier), '../../unpacked');
  if (!existsSync(folder)) {
    // Renamed once complete, so that no run, interrupted or concurrent, leaves half a browser.
    const partial = mkdtempSync(`${folder}-`);
    try {
      await unpack(carrier, partial);
      renameSync(partial, folder);
    } catch (error) {
      rmSync(partial, {recursive: true});
      const anotherRunWasFaster = existsSync(folder);
      if (!anotherRunWasFaster) throw error;
    }
  }
  return {
    path: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
      FONTCONFIG_PATH: path.join(folder, 'fonts'),
    },
  };
}

async function unpack(carrier: string, folder: string): Promise<void> {
  // The carrier obeys and changes the environment as it loads, so it gets a process of its own. It
  // unpacks into the temporary folder, and brings system libraries only where it sees Amazon's
  // Lambda.
  const env = {...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x'};
  const script = `require(${JSON.stringify(carrier)}).executablePath()`;
  await promisify(execFile)(process.execPath, ['-e', script], {env});

  // The fonts come with a configuration that looks for them in /tmp.
  const fonts = '<fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n';
  writeFileSync(path.join(folder, 'fonts/fonts.conf'), fonts);
}
