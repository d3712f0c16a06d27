import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {existsSync} from 'node:fs';
import {Command} from 'commander';
import {namesOf, readOptions, wholeNumber} from '../../examples/compare/option_values';
import {assertWritable} from '../../examples/compare/output_file';
import {loadData} from '../../examples/data/load_data';
import {InputError} from '../../examples/input_error';
import {grid, rowName} from './grid';
import {type GridTask, gridTasks} from './grid_tasks';
import {report} from './report';
import {type Result, readResults} from './results';
import {runGrid} from './run_grid';

const QUICK_IMAGES = 300;

interface Options {
  data: string;
  dataLimit?: number;
  tasks: GridTask[];
  quick?: boolean;
  resume?: boolean;
  limit: number;
  results: string;
  report?: boolean;
}

async function main(): Promise<void> {
  const options = readOptions<Options>(command(), process.argv, 'npm run bench:options -- --quick');
  if (options.report) {
    if (!existsSync(options.results)) {
      throw new InputError(
        `--results ${options.results}: does not exist. Give the file of a run, as bench/results/ has.`,
      );
    }
    console.log(report(readResults(options.results), grid));
    return;
  }
  if (existsSync(options.results) && !options.resume) {
    throw new InputError(
      `${options.results}: exists. Give --resume to train what it lacks, or another --results.`,
    );
  }
  const data = await loadData(
    options.data,
    options.dataLimit ?? (options.quick ? QUICK_IMAGES : undefined),
  );
  assertWritable('--results', options.results);
  await tf.setBackend('wasm');
  await runGrid(data, {
    sections: grid,
    tasks: options.tasks,
    epochs: options.quick ? 1 : 3,
    file: options.results,
    limit: options.limit,
    note,
  });
}

function command(): Command {
  const today = new Date().toISOString().slice(0, 10);
  return new Command('bench:options')
    .description(
      'Trains three networks with one change of the options of DTPOptimizer at a time and some in ' +
        'pairs, and writes a line of results for each.',
    )
    .option('--data <digits|folder>', 'bundled digits, or a folder of MNIST files', 'digits')
    .option('--data-limit <n>', 'use only the first n training and n test images', wholeNumber)
    .option(
      '--tasks <names>',
      'some of A,B,C',
      namesOf(gridTasks),
      Object.keys(gridTasks) as GridTask[],
    )
    .option('--quick', `the first ${QUICK_IMAGES} images and one epoch: a trial run`)
    .option('--resume', 'train only what the results file does not have')
    .option('--report', 'print the results file as Markdown tables; trains nothing')
    .option('--limit <n>', 'train at most n rows', wholeNumber, Number.POSITIVE_INFINITY)
    .option('--results <file>', 'JSON lines, one a row', `bench/results/options-${today}.jsonl`);
}

function note(result: Result, left: number): void {
  const end = result.epochs.at(-1);
  const outcome = result.error ?? `loss ${end?.loss}, score ${end?.score}`;
  console.log(
    `${result.task} ${rowName(result)}: ${outcome} (${result.cpuSeconds} s; ${left} left)`,
  );
}

main().catch((error) => {
  console.error(error instanceof InputError ? `bench:options: ${error.message}` : error);
  process.exitCode = 1;
});
