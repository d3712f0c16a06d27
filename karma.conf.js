import {readdirSync} from 'node:fs';
import {build} from 'esbuild';
import {chromeFlags, findChrome} from './test/support/chrome.ts';

const bundle = 'out/test/specs.js';
const minutes = 60_000;

/** Runs the specs in a headless Chrome; `npm test` starts it, through tsx for the TypeScript above. */
export default async function configure(karma) {
  await bundleSpecs();
  const chrome = await findChrome();
  // Karma's launcher takes the browser, and the browser its libraries, from the environment.
  Object.assign(process.env, chrome.env, {CHROME_BIN: chrome.path});

  karma.set({
    frameworks: ['jasmine'],
    plugins: ['karma-*', {'preprocessor:sourcemap': ['value', readSourceMap]}],
    reporters: ['dots'],
    logLevel: karma.LOG_WARN,
    colors: Boolean(process.stdout.isTTY),

    files: [
      bundle,
      {pattern: 'node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm', included: false},
      {pattern: 'node_modules/@tensorflow/tfjs-vis/dist/*.min.js', included: false},
    ],
    preprocessors: {[bundle]: ['sourcemap']},
    formatError: withoutBundlePositions,
    mime: {'application/wasm': ['wasm']},

    browsers: ['HeadlessChrome'],
    customLaunchers: {HeadlessChrome: {base: 'Chrome', flags: chromeFlags}},
    singleRun: true,
    // A browser that dies is a failure: a second attempt could only hide it.
    retryLimit: 0,
    // A page that computes answers nobody, and software WebGL computes for long.
    browserNoActivityTimeout: 10 * minutes,
    pingTimeout: 10 * minutes,
    // The runner judges empty runs, which a filter makes legitimate.
    failOnEmptyTestSuite: false,
  });
}

/** Bundles every spec into one file, so that all of them share one copy of tfjs. */
async function bundleSpecs() {
  const specs = readdirSync('test', {recursive: true}).filter(
    (file) => file.endsWith('.spec.ts') && !file.endsWith('.node.spec.ts'),
  );
  await build({
    stdin: {
      contents: ['runner/clean_up.ts', ...specs]
        .map((file) => `import ${JSON.stringify(`./test/${file}`)};`)
        .join('\n'),
      resolveDir: '.',
    },
    outfile: bundle,
    bundle: true,
    target: 'es2022',
    // Where two modules name a class alike, a bundle renames one; error messages quote the name.
    keepNames: true,
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** Hands karma the bundle's source map, with which it translates stack traces. */
function readSourceMap(content, file, done) {
  const start = content.lastIndexOf('base64,') + 'base64,'.length;
  file.sourceMap = JSON.parse(Buffer.from(content.slice(start), 'base64').toString());
  done(content);
}

/** Leaves of "spec.ts:3:5 <- bundle.js:900:7" the position in the spec. */
function withoutBundlePositions(message) {
  return `${message.replaceAll(/ <- [^\s)]+/g, '')}\n`;
}
