import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';

export type Backend = 'cpu' | 'wasm' | 'webgl';

const inBrowser = tf.env().getBool('IS_BROWSER');

/** The backends this environment has. */
export const backends: readonly Backend[] = inBrowser ? ['cpu', 'wasm', 'webgl'] : ['cpu', 'wasm'];

// tfjs otherwise refuses WebGL that is drawn in software, as it is where there is no graphics card.
tf.env().set('SOFTWARE_WEBGL_ENABLED', true);

// A failure inside tfjs lies deeper below the spec's own line than the ten calls usually kept.
Error.stackTraceLimit = 50;

// In Node the wasm backend finds its own binaries; a page must be told the URL they are served at.
if (inBrowser) setWasmPaths('/base/node_modules/@tensorflow/tfjs-backend-wasm/dist/');

/**
 * Declares a jasmine suite once for every backend, each run with that backend active.
 *
 *     onEveryBackend('invert', (backend) => {
 *       it('returns the input of an injective layer', () => { ... });
 *     });
 *
 * The body receives the backend's name, for tolerances and for laws that only some backends keep.
 */
export function onEveryBackend(name: string, body: (backend: Backend) => void): void {
  onBackends(backends, name, body);
}

/**
 * The same without webgl, which takes seconds to draw in software what others compute at once: for what
 * is about the graph of a model and not about arithmetic. The contracts show each kind of model on webgl.
 */
export function onEveryBackendButWebgl(name: string, body: (backend: Backend) => void): void {
  onBackends(
    backends.filter((backend) => backend !== 'webgl'),
    name,
    body,
  );
}

function onBackends(
  chosen: readonly Backend[],
  name: string,
  body: (backend: Backend) => void,
): void {
  for (const backend of chosen) {
    describe(`${name} (${backend})`, () => {
      beforeAll(() => activate(backend));
      body(backend);
      afterEach(() => requireActive(backend, name));
      afterAll(() => activate('cpu'));
    });
  }
}

// A suite that names no backend runs on the one every environment has, whatever ran before it.
beforeAll(() => activate('cpu'));

async function activate(backend: Backend): Promise<void> {
  const initialised = await tf.setBackend(backend);
  await tf.ready();
  if (!initialised) {
    throw new Error(
      `onEveryBackend: tfjs could not start the '${backend}' backend here and warned why in the log.`,
    );
  }
}

function requireActive(backend: Backend, name: string): void {
  const active = tf.getBackend();
  if (active !== backend) {
    throw new Error(
      `onEveryBackend "${name}": the spec ended on the '${active}' backend, expected '${backend}'. ` +
        'A spec that switches backends must switch back.',
    );
  }
}
