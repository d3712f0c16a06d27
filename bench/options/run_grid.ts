import {execFileSync} from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import {imagesFor, trainTogether} from '../../examples/compare/compare';
import {describe, networkFor, networks} from '../../examples/compare/networks';
import type {Plan} from '../../examples/compare/plan';
import type {Progress} from '../../examples/compare/progress';
import {circumstances} from '../../examples/compare/record';
import type {EpochResult, Run} from '../../examples/compare/run';
import type {Dataset} from '../../examples/data/dataset';
import {type BenchTask, benchTasks} from './bench_tasks';
import {type Job, jobsOf, type Row, type Section} from './grid';
import {appendResult, type Result, readResults, resultKey} from './results';
import {configuration} from './settings';

export interface GridOptions {
  sections: Section[];
  tasks: BenchTask[];
  epochs: number;
  /** JSON lines; rows that are in it already are not trained again. */
  file: string;
  /** Trains at most so many rows. */
  limit: number;
  /** Is told of every finished row. */
  note: (result: Result, left: number) => void;
}

/** Trains what is missing in the results file, and adds every row to it as soon as it is done. */
export async function runGrid(data: Dataset, options: GridOptions): Promise<void> {
  const commit = currentCommit();
  const missing = missingJobs(data, options).slice(0, options.limit);
  for (const [index, {task, row}] of missing.entries()) {
    const result = {...(await train(row, task, data, options.epochs)), commit};
    appendResult(options.file, result);
    options.note(result, missing.length - index - 1);
  }
}

/** What is not in the results file. */
function missingJobs(data: Dataset, {sections, tasks, epochs, file}: GridOptions): Job[] {
  const conditions = {data: {name: data.name, train: data.train.count}, plannedEpochs: epochs};
  const done = new Set(readResults(file).map(resultKey));
  return jobsOf(sections, tasks).filter(
    ({task, row}) => !done.has(resultKey({task, ...row, ...conditions})),
  );
}

/** Trains one network. An error is a result, too. */
async function train(
  row: Row,
  task: BenchTask,
  data: Dataset,
  epochs: number,
): Promise<Omit<Result, 'commit'>> {
  const plan = planOf(row, task, data, epochs);
  const images = imagesFor(plan.network, data);
  const start = process.cpuUsage();
  let run: Pick<Run, 'epochs' | 'diverged' | 'failure'>;
  try {
    [run] = await trainTogether(plan.entries, row.seed, plan, images, SILENT);
  } catch (error) {
    run = {epochs: [], diverged: false, failure: (error as Error).message};
  }
  const {user, system} = process.cpuUsage(start);
  tf.dispose([Object.values(images.train), Object.values(images.test)]);
  const trained = run.epochs.length - 1;
  const seconds = run.epochs.at(-1)?.seconds;
  return {
    task,
    ...row,
    data: {name: data.name, train: data.train.count},
    network: describe(plan.network),
    batch: plan.batch,
    plannedEpochs: epochs,
    epochs: run.epochs.map(rounded),
    millisecondsPerStep:
      seconds === undefined ? null : round((1000 * seconds) / (trained * plan.stepsPerEpoch)),
    cpuSeconds: round((user + system) / 1e6),
    diverged: run.diverged,
    error: run.failure,
    ...circumstances(),
  };
}

function planOf(row: Row, task: BenchTask, data: Dataset, epochs: number): Plan {
  const name = benchTasks[task].network;
  const {batch} = networks[name];
  const {dtp, decoder} = configuration(row.settings);
  return {
    backend: 'wasm',
    network: networkFor(data, name),
    epochs,
    batch,
    stepsPerEpoch: Math.ceil(data.train.count / batch),
    seeds: 1,
    entries: [{method: row.method, rates: [row.rate ?? 1]}],
    repeats: [],
    dtp,
    decoder: {architecture: decoder},
  };
}

const SILENT: Progress = {epoch: () => {}, round: () => {}, stop: () => {}};

function rounded({loss, score, seconds}: EpochResult) {
  return {loss: round(loss), score: round(score), seconds: round(seconds)};
}

/** Five digits, which is more than seeds leave certain; null where JSON knows no number. */
function round(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

/** The last commit that changed the package, with a + if its sources differ from it. */
function currentCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, {encoding: 'utf8'}).trim();
  try {
    const changed = git('status', '--porcelain', 'src') !== '';
    return git('log', '-1', '--format=%h', '--', 'src') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}
