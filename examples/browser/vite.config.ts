import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  // Relative, so that the folder works wherever it is put.
  base: './',
  resolve: {alias: {'tfjs-dtp': here('../../src/index.ts')}},
  worker: {format: 'es'},
  build: {
    outDir: here('../../out/demo'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    // TensorFlow.js is one piece of that size, and waits in the worker.
    chunkSizeWarningLimit: 2500,
  },
  server: {fs: {allow: [here('../..')]}},
});
