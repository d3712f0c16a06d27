import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import {InputError} from '../../input_error';
import type {BackendName} from '../shared/settings';

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainWasm,
  'tfjs-backend-wasm-simd.wasm': simdWasm,
  // It has to have a place, but is not asked for.
  'tfjs-backend-wasm-threaded-simd.wasm': simdWasm,
});
// Threads need headers that a static folder does not bring.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
// Who asks for webgl gets it, even where it is drawn in software.
tf.env().set('SOFTWARE_WEBGL_ENABLED', true);

/** The backends that can be had in a worker of this browser. */
export async function availableBackends(): Promise<BackendName[]> {
  const found = await Promise.all(
    (Object.keys(presence) as BackendName[]).map(async (name) =>
      (await presence[name]().catch(() => false)) ? [name] : [],
    ),
  );
  return found.flat();
}

/** @throws InputError if it does not start, or compute; the one before is then active again. */
export async function useBackend(name: BackendName): Promise<void> {
  const before = tf.getBackend();
  if (name === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  const isSet = await tf.setBackend(name).catch(() => false);
  const reason = isSet ? await failureToCompute() : 'it cannot be set up';
  if (reason === null) return;
  if (before !== undefined) await tf.setBackend(before);
  throw new InputError(`The backend ${name} does not work here (${reason}). Choose another one.`);
}

/**
 * Why the backend cannot multiply, or its products not be read; null if all is well. Both ways of
 * reading are tried, and twice: a device may be lost by the first.
 */
async function failureToCompute(): Promise<string | null> {
  const product = () => tf.tidy(() => tf.matMul(tf.fill([2, 3], 2), tf.fill([3, 2], 3)));
  const products: tf.Tensor[] = [];
  try {
    for (let i = 0; i < 4; i++) {
      const made = product();
      products.push(made);
      const values = i % 2 === 0 ? made.dataSync() : await made.data();
      if (!values.every((value) => value === 18)) return `18 is read as ${values[0]}`;
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    tf.dispose(products);
  }
}

/** The part of WebGPU that says whether it is there. */
interface Gpu {
  gpu?: {requestAdapter(): Promise<object | null>};
}

const presence: Record<BackendName, () => Promise<boolean>> = {
  wasm: async () => typeof WebAssembly === 'object',
  webgl: async () =>
    typeof OffscreenCanvas === 'function' &&
    new OffscreenCanvas(1, 1).getContext('webgl2') !== null,
  webgpu: async () => Boolean(await (navigator as Gpu).gpu?.requestAdapter()),
  cpu: async () => true,
};
