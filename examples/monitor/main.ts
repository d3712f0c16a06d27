/**
 * Trains a tanh network on the bundled digits and prints what its monitor sees.
 *
 *     npx tsx examples/monitor/main.ts
 *     npx tsx examples/monitor/main.ts inversion.iterations=8 decoders.damping=0.1
 *
 * The arguments are fields of the `DTPOptimizer` configuration.
 */
import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import '@tensorflow/tfjs-backend-wasm';
import {dtpConfig} from '../compare/dtp_config';
import {tasks} from '../compare/tasks';
import {loadDigits} from '../data/digits';
import {InputError} from '../input_error';

async function main(settings: string[]): Promise<void> {
  const optimizer = new dtp.DTPOptimizer(dtpConfig(undefined, settings));
  await tf.setBackend('wasm');
  const data = loadDigits();
  const model = network(data.features, data.classes);
  model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const monitor = new dtp.Monitor({
    diagnostics: ['reconstruction', 'inversion', 'influence', 'angle', 'gaussNewton'],
    print: console.log,
  });
  const x = tf.tensor2d(data.train.pixels, [data.train.count, data.features]);
  const {history} = await model.fit(x, tasks.classify.targets(data.train, data), {
    epochs: 3,
    batchSize: 64,
    shuffle: false, // The file is shuffled; so every run is the same.
    verbose: 0,
    callbacks: [monitor],
  });
  console.log(`loss ${history.loss.map((loss) => Number(loss).toPrecision(3)).join(', ')}`);
}

function network(inputs: number, classes: number): tf.LayersModel {
  return tf.sequential({
    layers: [48, 48, 48, classes].map((units, i) =>
      dtp.layers.dense({
        name: `layer${i + 1}`,
        units,
        activation: i === 3 ? 'softmax' : 'tanh',
        kernelInitializer: tf.initializers.glorotUniform({seed: i}),
        ...(i === 0 ? {inputShape: [inputs], decoder: false} : {}),
      }),
    ),
  });
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof InputError ? `monitor: ${error.message}` : error);
  process.exitCode = 1;
});
