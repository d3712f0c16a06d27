import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {codeBlocks, firstBlock} from '../docs/code_blocks';
import {chromeFlags, findChrome} from '../support/chrome';

const readme = readFileSync('README.md', 'utf8');
const example = firstBlock(readme, 'js');
const withoutImports = example.replaceAll(/^import .*\n/gm, '');

/** What the example of the README prints at its end, once it has learned. */
function expectToLearn(printed: string): void {
  expect(Number(printed.match(/accuracy (0\.\d+|1)/)?.[1])).toBeGreaterThan(0.9);
}

describe('A newcomer with an empty folder', () => {
  let folder: string;
  const write = (file: string, content: string) => writeFileSync(path.join(folder, file), content);
  const node = (file: string) =>
    execFileSync(process.execPath, [file], {cwd: folder, encoding: 'utf8'});

  /** @throws Error with what the compiler says, as `stdout`. */
  const compile = (file: string, settings: object) => {
    const common = {target: 'es2022', strict: true, skipLibCheck: true, types: []};
    const compilerOptions = {...common, ...settings};
    write('tsconfig.json', JSON.stringify({compilerOptions, files: [file]}));
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc], {cwd: folder});
  };

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'newcomer-'));
    const modules = path.join(folder, 'node_modules');
    mkdirSync(path.join(modules, '@tensorflow'), {recursive: true});
    // What `npm install` does, without a registry.
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const [{filename}] = JSON.parse(execFileSync('npm', pack, {encoding: 'utf8'}));
    expect(readme).toContain(`/${filename} `);
    execFileSync('tar', ['-xzf', filename], {cwd: folder});
    renameSync(path.join(folder, 'package'), path.join(modules, 'tfjs-dtp'));
    symlinkSync(
      path.resolve('node_modules/@tensorflow/tfjs'),
      path.join(modules, '@tensorflow/tfjs'),
    );
    write('package.json', '{"type": "module"}');
  });
  afterAll(() => rmSync(folder, {recursive: true}));

  it('finds everything in the package that it points to, and no sources', () => {
    const of = (file: string) => path.join(folder, 'node_modules/tfjs-dtp', file);
    const {main, module, types, unpkg} = JSON.parse(readFileSync(of('package.json'), 'utf8'));
    for (const file of [main, module, types, unpkg, 'README.md', 'CHANGELOG.md', 'LICENSE']) {
      expect(existsSync(of(file)))
        .withContext(file)
        .toBeTrue();
    }
    expect(existsSync(of('src'))).toBeFalse();
  });

  it('runs the example of the README as an ES module', () => {
    write('index.mjs', example);
    expectToLearn(node('index.mjs'));
  });

  it('runs it as CommonJS, with the two lines of the README', () => {
    const requires = codeBlocks(readme).find(({runAs}) => runAs === 'commonjs')?.code;
    write('index.cjs', `${requires}\n(async () => {${withoutImports}})();`);
    expectToLearn(node('index.cjs'));
  });

  it('compiles it as strict TypeScript with moduleResolution node16, and runs that', () => {
    write('index.ts', example);
    compile('index.ts', {module: 'node16', outDir: 'node16'});
    expectToLearn(node('node16/index.js'));
  });

  it('compiles it with moduleResolution bundler', () => {
    write('index.ts', example);
    compile('index.ts', {module: 'es2022', moduleResolution: 'bundler', outDir: 'bundler'});
    expect(existsSync(path.join(folder, 'bundler/index.js'))).toBeTrue();
  });

  it('has a wrong option refused by TypeScript, in a CommonJS module too', () => {
    write('wrong.cts', `import * as dtp from 'tfjs-dtp';\nnew dtp.DTPOptimizer({betta: 1});\n`);
    let messages = '';
    try {
      compile('wrong.cts', {module: 'node16', noEmit: true});
    } catch (error) {
      messages = String((error as {stdout: Buffer}).stdout);
    }
    expect(messages.trim().split('\n').length).toBe(1);
    expect(messages).toMatch(
      /^wrong\.cts\(2,\d+\): error .*'betta' does not exist in type 'DTPOpt/,
    );
  });

  it('runs it in a page, with the scripts of the README', async () => {
    const html = firstBlock(readme, 'html');
    const page = html.replace(/^ *\/\/ The example above.*$/m, () => withoutImports);
    expect(page).not.toBe(html);
    write('index.html', `<!doctype html><meta charset="utf-8">\n${reportingPage}\n${page}`);
    expectToLearn(await shownBy(folder));
  });
});

/** Sends what the page prints, and what goes wrong in it, to the server. */
const reportingPage = `<script>
  const send = (text) => fetch('/printed', {method: 'POST', body: text});
  console.log = (...words) => send(words.join(' '));
  addEventListener('error', ({message}) => send('Error: ' + message));
  addEventListener('unhandledrejection', ({reason}) => send('Error: ' + reason));
</script>`;

/** The first line that the page of a folder prints in Chrome. */
async function shownBy(folder: string): Promise<string> {
  const chrome = await findChrome();
  let server: Server | undefined;
  let browser: ChildProcess | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      server = createServer((request, response) => {
        if (request.method === 'POST') {
          request.setEncoding('utf8').on('data', resolve);
          response.end();
          return;
        }
        const file = path.join(folder, request.url === '/' ? 'index.html' : `${request.url}`);
        if (!existsSync(file)) {
          response.writeHead(404).end();
          return;
        }
        response.setHeader('Content-Type', file.endsWith('.js') ? 'text/javascript' : 'text/html');
        response.end(readFileSync(file));
      }).listen(0, '127.0.0.1', () => {
        const {port} = (server as Server).address() as AddressInfo;
        const profile = `--user-data-dir=${path.join(folder, 'profile')}`;
        // Without WebGL the page computes on the CPU, which is faster than WebGL drawn in software.
        const flags = [...chromeFlags, '--disable-3d-apis', profile, `http://127.0.0.1:${port}/`];
        browser = spawn(chrome.path, flags, {
          env: {...process.env, ...chrome.env},
          stdio: 'ignore',
        });
        browser.on('error', reject);
      });
    });
  } finally {
    server?.close();
    server?.closeAllConnections();
    if (browser !== undefined && browser.exitCode === null) {
      const closed = new Promise((resolve) => browser?.once('close', resolve));
      browser.kill();
      await closed;
    }
  }
}
