import {readFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import {createRequire} from 'node:module';
import type {AddressInfo} from 'node:net';
import {basename, dirname, join} from 'node:path';
import {build} from 'esbuild';
import type {Examples} from '../examples/data/dataset';
import {chromeFlags} from '../test/support/chrome';
import {launchChrome} from '../test/support/launch_chrome';
import type {PageAnswer, PageRequest} from './page';

/** What measured in Chrome. */
export interface ChromeInfo {
  version: string;
  /** Who draws; with software the costs say how methods compare, not how fast they are. */
  renderer: string;
  /** Of wasm-threads. */
  threads: number;
  /** What did not run there, and what was said: a result, too. */
  failures: string[];
}

/** Measures steps in Chrome, each request in a page of its own, one after the other. */
export async function measureInChrome(
  requests: PageRequest[],
  {pixels, labels}: Examples,
  {gpu}: {gpu: boolean},
  note: (text: string) => void,
): Promise<{answers: (PageAnswer | null)[]; info: ChromeInfo}> {
  const server = await serve({
    '/page.js': {type: 'text/javascript; charset=utf-8', content: await bundlePage()},
    '/pixels': {type: BYTES, content: bytesOf(pixels)},
    '/labels': {type: BYTES, content: bytesOf(labels)},
  });
  const {port} = server.address() as AddressInfo;
  const drawing = gpu ? [] : [...chromeFlags, '--use-webgpu-adapter=swiftshader'];
  const browser = await launchChrome([...drawing, ...WEBGPU]);
  try {
    const answers: (PageAnswer | null)[] = [];
    const failures: string[] = [];
    for (const request of requests) {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${port}/`);
      // An error outside the call, as in a worker, would leave it waiting for ever.
      const broken = new Promise<never>((_, reject) => page.on('pageerror', reject));
      const measured = page.evaluate((asked) => globalThis.measureInPage(asked), request);
      try {
        answers.push(await Promise.race([measured, broken]));
        note(`${request.task}: Chrome ${request.backend}`);
      } catch (error) {
        const [reason] = (error as Error).message.split('\n');
        const {task, backend} = request;
        failures.push(`${task}, Chrome ${backend}: ${reason}`);
        note(`${task}: Chrome ${backend} failed: ${reason}`);
        answers.push(null);
      }
      await page.close();
    }
    const info = {
      version: browser.version(),
      renderer: answers.find((answer) => answer !== null)?.renderer ?? 'unknown',
      threads: Math.max(1, ...answers.map((answer) => answer?.threads ?? 1)),
      failures,
    };
    return {answers, info};
  } finally {
    await browser.close();
    server.close();
  }
}

// On a busy machine software takes longer over a step than the watchdog allows.
const WEBGPU = ['--enable-unsafe-webgpu', '--disable-gpu-watchdog'];

/** The page with all that it needs in one script. */
async function bundlePage(): Promise<string> {
  const {outputFiles} = await build({
    entryPoints: [new URL('page.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    target: 'es2022',
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

type Files = Record<string, {type: string; content: string | Buffer}>;

const BYTES = 'application/octet-stream';

function bytesOf({buffer, byteOffset, byteLength}: Float32Array | Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Serves the page so that it is isolated from other origins, without which there are no threads. */
async function serve(files: Files): Promise<Server> {
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  const page = {type: 'text/html', content: '<!doctype html><script src="/page.js"></script>'};
  const served: Files = {'/': page, ...files};
  const fileAt = (url: string): Files[string] | undefined =>
    url.endsWith('.wasm')
      ? {type: 'application/wasm', content: readFileSync(join(wasm, basename(url)))}
      : served[url];
  const server = createServer((request, response) => {
    const {type, content} = fileAt(request.url ?? '/') ?? {type: null, content: ''};
    response.writeHead(type === null ? 404 : 200, {
      'Content-Type': type ?? 'text/plain',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}
