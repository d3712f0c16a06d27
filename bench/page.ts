import * as tf from '@tensorflow/tfjs';
import {getThreadsCount, setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import type {MethodName} from '../examples/compare/methods';
import type {Examples} from '../examples/data/dataset';
import {type ChromeBackend, chromeBackends} from './chrome_backends';
import {stepCases} from './step_cases';
import {measureSteps, type Rounds, type StepCost} from './step_cost';
import {type BenchTaskName, taskFor} from './tasks';

/** What a page is asked to measure. */
export interface PageRequest {
  task: BenchTaskName;
  /** Pixels of an image, and kinds of them. */
  shape: {features: number; classes: number};
  methods: MethodName[];
  backend: ChromeBackend;
  rounds: Rounds;
}

/** What it found, and where. */
export interface PageAnswer {
  costs: StepCost[];
  threads: number;
  renderer: string;
}

declare global {
  /** Called by `measureInChrome`, once for each page: a backend starts with its flags only once. */
  var measureInPage: (request: PageRequest) => Promise<PageAnswer>;
}

globalThis.measureInPage = async ({task, shape, methods, backend, rounds}) => {
  const {tfjs, threads} = chromeBackends[backend];
  setWasmPaths('/wasm/');
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  if (!threads) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend(tfjs))) throw new Error(`Chrome has no ${tfjs} here.`);
  const {network, batch} = taskFor(task, shape);
  const images = {...shape, train: await servedImages(shape.features)};
  const costs = await measureSteps(stepCases(methods, {network, batch}, tfjs), rounds, images);
  return {
    costs: costs.map((cost) => ({...cost, backend: `Chrome ${backend}`})),
    threads: tfjs === 'wasm' && threads ? getThreadsCount() : 1,
    renderer: renderer(),
  };
};

async function servedImages(features: number): Promise<Examples> {
  const bytesAt = async (url: string) => (await fetch(url)).arrayBuffer();
  const pixels = new Float32Array(await bytesAt('/pixels'));
  const labels = new Uint8Array(await bytesAt('/labels'));
  return {count: pixels.length / features, pixels, labels};
}

/** Who draws WebGL: a graphics card, or software. */
function renderer(): string {
  const context = document.createElement('canvas').getContext('webgl');
  const names = context?.getExtension('WEBGL_debug_renderer_info');
  if (!context || !names) return 'unknown';
  return String(context.getParameter(names.UNMASKED_RENDERER_WEBGL));
}
