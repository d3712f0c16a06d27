import '@tensorflow/tfjs-backend-wasm';
import {writeFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {Command, Option} from 'commander';
import {namesOf, readOptions, wholeNumber} from '../examples/compare/option_values';
import {assertWritable} from '../examples/compare/output_file';
import {startBackend} from '../examples/compare/start_backend';
import type {Dataset} from '../examples/data/dataset';
import {loadData} from '../examples/data/load_data';
import {InputError} from '../examples/input_error';
import {type GrowthName, growths, PIXELS, type ScalingResults, scalingReport} from './growths';
import {origin} from './origin';
import {writeResults} from './results';
import {measureSteps, type StepCase, stepper} from './step_cost';
import type {Backend} from './train';

interface Options {
  data?: string;
  grow: GrowthName[];
  backend: Backend;
  rounds: number;
  quick?: boolean;
  leak?: number;
  out: string;
}

async function main(): Promise<void> {
  const options = readOptions<Options>(command(), process.argv, 'npm run bench:scaling -- --quick');
  const base = options.out.replace(/\.json$/, '');
  assertWritable('--out', `${base}.json`);
  await startBackend(options.backend);
  const data = options.data === undefined ? null : await imagesOf(options.data);
  const results: ScalingResults = {
    kind: 'bench:scaling',
    ...origin(),
    backend: options.backend,
    quick: options.quick === true,
    data: data?.name ?? 'noise',
    growths: [],
    leak: null,
  };
  for (const name of options.grow) {
    const {sizes, cases} = growths[name];
    const measured: ScalingResults['growths'][number] = {name, points: []};
    results.growths.push(measured);
    for (const size of options.quick ? sizes.slice(0, 3) : sizes) {
      const rounds = {warmUp: 8, rounds: options.quick ? 1 : options.rounds, steps: 8};
      const costs = await measureSteps(cases(size), rounds, data);
      measured.points.push({size, costs});
      console.log(
        `${name} ${size}: ${costs.map(({milliseconds: ms}) => ms.toFixed(1)).join(', ')} ms`,
      );
      writeResults(`${base}.json`, results);
    }
  }
  if (options.leak !== undefined) {
    results.leak = {steps: options.leak, tensors: await tensorsLeft(options.leak)};
    writeResults(`${base}.json`, results);
  }
  writeFileSync(`${base}.md`, scalingReport(results));
  console.log(`Wrote ${base}.json, ${base}.md.`);
}

/** Images for the networks of `growths`. */
async function imagesOf(folder: string): Promise<Dataset> {
  const data = await loadData(folder);
  if (data.features === PIXELS) return data;
  throw new InputError(
    `--data: ${folder} has images of ${data.features} pixels, expected ${PIXELS}. Give the files of MNIST, ` +
      'or leave it out for noise.',
  );
}

/** How many more tensors there are after so many steps of DTP than after the first few. */
async function tensorsLeft(steps: number): Promise<number> {
  const [dtp]: StepCase[] = growths.width.cases(growths.width.sizes[0]);
  const {step, dispose} = await stepper(dtp);
  const {numTensors} = tf.memory();
  for (let i = 0; i < steps; i++) await step();
  const left = tf.memory().numTensors - numTensors;
  dispose();
  return left;
}

function command(): Command {
  const now = new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return new Command('bench:scaling')
    .description(
      'Measures how the cost of a training step grows with width, depth, mini-batch and iterations.',
    )
    .option(
      '--data <folder>',
      'a folder with the four MNIST files, 28 by 28, for mini-batches; noise if not given',
    )
    .option('--quick', 'the three smallest sizes and one round: a trial run')
    .option(
      '--grow <names>',
      `some of ${Object.keys(growths)}`,
      namesOf(growths),
      Object.keys(growths) as GrowthName[],
    )
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['cpu', 'wasm'])
        .default('wasm'),
    )
    .option('--rounds <n>', 'rounds in which steps are timed, of 8 steps each', wholeNumber, 5)
    .option(
      '--leak <steps>',
      'also count the tensors that so many steps leave, as 10000',
      wholeNumber,
    )
    .option('--out <file>', 'FILE.json; FILE.md beside it', `out/scaling-${now}`);
}

main().catch((error) => {
  console.error(error instanceof InputError ? `bench:scaling: ${error.message}` : error);
  process.exitCode = 1;
});
