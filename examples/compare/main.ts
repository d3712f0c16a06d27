import '@tensorflow/tfjs-backend-wasm';
import type {Dataset} from '../data/dataset';
import {withLabelNoise} from '../data/label_noise';
import {loadData} from '../data/load_data';
import {InputError} from '../input_error';
import {writeChart} from './chart';
import {compare} from './compare';
import {describe} from './networks';
import {parseOptions} from './options';
import {assertWritable} from './output_file';
import {type Plan, planFor} from './plan';
import {showProgress} from './progress';
import {writeRecord} from './record';
import {report} from './report';
import {startBackend} from './start_backend';

async function main(): Promise<void> {
  const options = parseOptions(process.argv);
  const {json, out} = options;
  if (options.labelNoise > 0 && options.model === 'autoencoder') {
    throw new InputError(
      '--label-noise: the autoencoder has no labels. Leave it out, or choose another --model.',
    );
  }
  const data = withLabelNoise(await loadData(options.data, options.dataLimit), options.labelNoise);
  const plan = planFor(options, data);
  const charts = [`${out}.svg`, `${out}.png`];
  for (const file of charts) assertWritable('--out', file);
  if (json !== undefined) assertWritable('--json', json);

  await startBackend(plan.backend);
  console.log(introduction(plan, data, options.labelNoise));
  const progress = showProgress(plan);
  const results = await compare(plan, data, progress).finally(progress.stop);

  console.log(report(results, plan));
  if (json !== undefined) writeRecord(json, results, plan, data, options);
  writeChart(out, results, plan, data);
  console.log(`Wrote ${[...charts, ...(json === undefined ? [] : [json])].join(', ')}.`);
}

function introduction(
  {network, batch, epochs, seeds, backend}: Plan,
  data: Dataset,
  labelNoise: number,
): string {
  const percent = Number((100 * labelNoise).toPrecision(3));
  const noise = labelNoise === 0 ? '' : ` (labels of ${percent} % drawn anew)`;
  return (
    `${describe(network)} on ${data.name}: ${data.train.count} images to train on${noise}, ` +
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
