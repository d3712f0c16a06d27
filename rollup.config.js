import dts from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';

const input = 'src/index.ts';
const external = ['@tensorflow/tfjs'];
const sourcemap = true;

/** TensorFlow.js is the user's: every build takes it from outside. */
export default [
  {
    input,
    external,
    plugins: [esbuild({target: 'es2022'})],
    output: [
      {file: 'dist/tfjs-dtp.js', format: 'es', sourcemap},
      {file: 'dist/tfjs-dtp.cjs', format: 'cjs', sourcemap},
    ],
  },
  {
    input,
    external,
    plugins: [esbuild({target: 'es2018', minify: true})],
    output: {
      // For <script>, after tf.min.js: the globals `tf` and `dtp`.
      file: 'dist/tfjs-dtp.min.js',
      format: 'iife',
      name: 'dtp',
      globals: {'@tensorflow/tfjs': 'tf'},
      sourcemap,
    },
  },
  {
    input,
    external,
    plugins: [dts()],
    output: [{file: 'dist/tfjs-dtp.d.ts'}, {file: 'dist/tfjs-dtp.d.cts'}],
  },
];
