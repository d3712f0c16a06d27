import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {type Dataset, firstImages} from '../data/dataset';
import {loadDigits} from '../data/digits';
import {loadMnistFolder} from '../data/mnist_folder';
import {InputError} from '../input_error';
import {writeChart} from './chart';
import {compare} from './compare';
import {describe} from './networks';
import {type Options, parseOptions} from './options';
import {assertWritable} from './output_file';
import {type Plan, planFor} from './plan';
import {showProgress} from './progress';
import {writeRecord} from './record';
import {report} from './report';

async function main(): Promise<void> {
  const options = parseOptions(process.argv);
  const {json, out} = options;
  const data = load(options);
  const plan = planFor(options, data);
  const charts = [`${out}.svg`, `${out}.png`];
  for (const file of charts) assertWritable('--out', file);
  if (json !== undefined) assertWritable('--json', json);

  await start(plan.backend);
  console.log(introduction(plan, data));
  const progress = showProgress(plan);
  const results = await compare(plan, data, progress).finally(progress.stop);

  console.log(report(results, plan));
  if (json !== undefined) writeRecord(json, results, plan, data, options);
  writeChart(out, results, plan, data);
  console.log(`Wrote ${[...charts, ...(json === undefined ? [] : [json])].join(', ')}.`);
}

function load({data: source, dataLimit}: Options): Dataset {
  const data = source === 'digits' ? loadDigits() : loadMnistFolder(source);
  return dataLimit === undefined ? data : firstImages(data, dataLimit);
}

async function start(backend: Plan['backend']): Promise<void> {
  if (await tf.setBackend(backend)) return;
  throw new InputError(`--backend ${backend}: does not start on this machine. Try another one.`);
}

function introduction({network, batch, epochs, seeds, backend}: Plan, data: Dataset): string {
  return (
    `${describe(network)} on ${data.name}: ${data.train.count} images to train on, ` +
    `${data.test.count} to test on; mini-batches of ${batch}, ${counted(epochs, 'epoch')}, ` +
    `${counted(seeds, 'seed')}, backend ${backend}.`
  );
}

function counted(count: number, what: string): string {
  return count === 1 ? `one ${what}` : `${count} ${what}s`;
}

main().catch((error) => {
  console.error(error instanceof InputError ? `compare: ${error.message}` : error);
  process.exitCode = 1;
});
