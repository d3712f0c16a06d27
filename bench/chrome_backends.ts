/** Backends in Chrome: the name that tfjs knows, and whether wasm may use threads. */
const table = {
  cpu: {tfjs: 'cpu', threads: false},
  wasm: {tfjs: 'wasm', threads: false},
  'wasm-threads': {tfjs: 'wasm', threads: true},
  webgl: {tfjs: 'webgl', threads: false},
  webgpu: {tfjs: 'webgpu', threads: false},
};

export type ChromeBackend = keyof typeof table;
export const chromeBackends: Record<ChromeBackend, {tfjs: string; threads: boolean}> = table;
