import '@tensorflow/tfjs-backend-wasm';
import {existsSync} from 'node:fs';
import {Command, Option} from 'commander';
import type {MethodName} from '../examples/compare/methods';
import {namesOf, readOptions, wholeNumber} from '../examples/compare/option_values';
import {assertWritable} from '../examples/compare/output_file';
import {startBackend} from '../examples/compare/start_backend';
import type {Dataset} from '../examples/data/dataset';
import {loadData} from '../examples/data/load_data';
import {InputError} from '../examples/input_error';
import {measureInChrome} from './chrome';
import {type ChromeBackend, chromeBackends} from './chrome_backends';
import {type ContenderName, contenders} from './contenders';
import {origin} from './origin';
import {writeReport} from './report';
import {type BenchResults, readResults, type TaskResult, writeResults} from './results';
import {stepCases} from './step_cases';
import {measureSteps, type Rounds, type StepCost} from './step_cost';
import {type BenchTaskName, benchTasks, taskFor} from './tasks';
import {type Backend, trainSeed} from './train';

const QUICK_IMAGES = 300;

interface Options {
  data: string;
  dataLimit?: number;
  tasks: BenchTaskName[];
  methods: ContenderName[];
  seeds: number;
  backend: Backend;
  chrome: ChromeBackend[];
  gpu?: boolean;
  epochs?: number;
  rounds: number;
  quick?: boolean;
  steps: boolean;
  resume?: boolean;
  out: string;
}

async function main(): Promise<void> {
  const options = readOptions<Options>(command(), process.argv, 'npm run bench -- --quick');
  const base = options.out.replace(/\.json$/, '');
  const file = `${base}.json`;
  const data = await loadData(
    options.data,
    options.dataLimit ?? (options.quick ? QUICK_IMAGES : undefined),
  );
  assertWritable('--out', file);
  const results = begin(file, options, data);
  for (const name of options.tasks) {
    const task = taskOf(results, name, data, options);
    const missing = Array.from({length: options.seeds}, (_, index) => index + 1).filter(
      (seed) => !task.runs.some((run) => run.seed === seed),
    );
    const {network, batch} = taskFor(name, data);
    const training = {
      network,
      batch,
      epochs: task.epochs,
      contenders: options.methods,
      backend: options.backend,
    };
    if (options.steps && task.steps.every(({backend}) => backend.startsWith('Chrome'))) {
      task.steps.push(...(await stepsOf(training, options, data)));
      writeResults(file, results);
    }
    for (const seed of missing) {
      const note = (text: string) => console.log(`${name}: ${text}`);
      task.runs.push(...(await trainSeed(training, seed, data, note)));
      writeResults(file, results);
    }
  }
  await addChrome(results, options, data);
  writeResults(file, results);
  console.log(`Wrote ${[file, ...writeReport(base, results)].join(', ')}.`);
}

/** Results without tasks, or those of the file to go on with. */
function begin(file: string, options: Options, data: Dataset): BenchResults {
  const settings = {
    contenders: options.methods,
    seeds: options.seeds,
    data: {name: data.name, train: data.train.count, test: data.test.count},
    quick: options.quick === true,
  };
  const fresh: BenchResults = {kind: 'bench', ...origin(), settings, chrome: null, tasks: []};
  if (!existsSync(file)) return fresh;
  if (!options.resume) {
    throw new InputError(`--out ${file}: exists. Give --resume to go on with it, or another file.`);
  }
  const results = readResults<BenchResults>(file, 'bench');
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const {commit, dirty} = fresh;
  if (same(results.settings, settings) && same([results.commit, results.dirty], [commit, dirty])) {
    return results;
  }
  throw new InputError(
    `--resume ${file}: is of commit ${results.commit} with ${JSON.stringify(results.settings)}, not ` +
      `of ${commit} with ${JSON.stringify(settings)}. Give the same options, or another --out.`,
  );
}

function taskOf(
  results: BenchResults,
  name: BenchTaskName,
  data: Dataset,
  {epochs: given, quick, backend}: Options,
): TaskResult {
  const epochs = given ?? (quick ? 1 : benchTasks[name].epochs);
  const found = results.tasks.find(({task}) => task === name);
  if (found) {
    const elsewhere = found.runs.find((run) => run.backend !== backend);
    if (found.epochs === epochs && elsewhere === undefined) return found;
    throw new InputError(
      `--resume: task ${name} has ${found.epochs} epochs on ${elsewhere?.backend ?? backend}, not ` +
        `${epochs} on ${backend}. Give the same --epochs and --backend, or another --out.`,
    );
  }
  const {description, batch} = taskFor(name, data);
  const task: TaskResult = {
    task: name,
    network: description,
    batch,
    epochs,
    runs: [],
    steps: [],
  };
  results.tasks.push(task);
  return task;
}

/** The costs of a step of every method, on wasm with either kind of kernels. */
async function stepsOf(
  {network, batch, contenders: names, backend}: Parameters<typeof trainSeed>[0],
  options: Options,
  data: Dataset,
): Promise<StepCost[]> {
  await startBackend(backend);
  const cases = stepCases(methodsOf(names), {network, batch}, backend);
  return measureSteps(cases, roundsOf(options), data);
}

/** The costs of a step in Chrome, of all tasks that lack them. */
async function addChrome(results: BenchResults, options: Options, data: Dataset): Promise<void> {
  const {features, classes} = data;
  const requests = results.tasks.flatMap(({task, steps}) =>
    options.chrome
      .filter((backend) => !steps.some((cost) => cost.backend === `Chrome ${backend}`))
      .map((backend) => ({
        task,
        shape: {features, classes},
        methods: methodsOf(options.methods),
        backend,
        rounds: roundsOf(options),
      })),
  );
  if (requests.length === 0) return;
  const gpu = options.gpu === true;
  const {answers, info} = await measureInChrome(requests, data.train, {gpu}, console.log);
  results.chrome = info;
  for (const [i, {task}] of requests.entries()) {
    results.tasks.find((result) => result.task === task)?.steps.push(...(answers[i]?.costs ?? []));
  }
}

function methodsOf(names: ContenderName[]): MethodName[] {
  return [...new Set(names.map((name) => contenders[name].method))];
}

function roundsOf({rounds, quick}: Options): Rounds {
  return quick ? {warmUp: 8, rounds: 2, steps: 8} : {warmUp: 200, rounds, steps: 16};
}

function command(): Command {
  const now = new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return new Command('bench')
    .description(
      'Trains five networks by target propagation and by gradients, interleaved, and measures losses, ' +
        'the time and the phases of a step, the time to the best loss of Adam, and memory.',
    )
    .option('--quick', `the first ${QUICK_IMAGES} images, one epoch, a few steps: a trial run`)
    .option('--data <digits|folder>', 'bundled digits, or a folder of MNIST files', 'digits')
    .option('--data-limit <n>', 'use only the first n training and n test images', wholeNumber)
    .option(
      '--tasks <names>',
      `some of ${Object.keys(benchTasks)}`,
      namesOf(benchTasks),
      Object.keys(benchTasks) as BenchTaskName[],
    )
    .option(
      '--methods <names>',
      `some of ${Object.keys(contenders)}`,
      namesOf(contenders),
      Object.keys(contenders) as ContenderName[],
    )
    .option('--seeds <n>', 'repetitions with other weights and mini-batches', wholeNumber, 3)
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend in Node')
        .choices(['cpu', 'wasm'])
        .default('wasm'),
    )
    .option(
      '--chrome <backends>',
      `also time steps in Chrome, on some of ${Object.keys(chromeBackends)}`,
      namesOf(chromeBackends),
      [],
    )
    .option('--gpu', 'let Chrome use the graphics card, in place of drawing in software')
    .option('--epochs <n>', "instead of each task's own", wholeNumber)
    .option('--rounds <n>', 'rounds in which steps are timed, of 16 steps each', wholeNumber, 7)
    .option('--no-steps', 'no costs of steps, only trainings')
    .option('--resume', 'go on with the file that --out names')
    .option('--out <file>', 'FILE.json; FILE.md and charts beside it', `out/bench-${now}`);
}

main().catch((error) => {
  console.error(error instanceof InputError ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
