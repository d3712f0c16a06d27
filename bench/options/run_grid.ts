import * as tf from '@tensorflow/tfjs';
import {imagesFor, trainTogether} from '../../examples/compare/compare';
import {methods} from '../../examples/compare/methods';
import {describe} from '../../examples/compare/networks';
import type {Plan} from '../../examples/compare/plan';
import {silent} from '../../examples/compare/progress';
import {circumstances} from '../../examples/compare/record';
import type {EpochResult, Run} from '../../examples/compare/run';
import type {Dataset} from '../../examples/data/dataset';
import {currentCommit} from '../commit';
import {taskFor} from '../tasks';
import {type Job, jobsOf, type Row, type Section} from './grid';
import type {GridTask} from './grid_tasks';
import {appendResult, type Result, readResults, resultKey} from './results';
import {configuration} from './settings';

export interface GridOptions {
  sections: Section[];
  tasks: GridTask[];
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
  const {commit: hash, dirty} = currentCommit();
  const commit = dirty && hash !== 'unknown' ? `${hash}+` : hash;
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
  task: GridTask,
  data: Dataset,
  epochs: number,
): Promise<Omit<Result, 'commit'>> {
  const plan = planOf(row, task, data, epochs);
  const images = imagesFor(plan.network, data);
  const start = process.cpuUsage();
  let run: Pick<Run, 'epochs' | 'diverged' | 'failure'>;
  try {
    [run] = await trainTogether(plan.entries, row.seed, plan, images, silent);
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

function planOf(row: Row, task: GridTask, data: Dataset, epochs: number): Plan {
  const {network, batch} = taskFor(task, data);
  const {dtp, decoder} = configuration(row.settings);
  return {
    backend: 'wasm',
    network,
    epochs,
    batch,
    stepsPerEpoch: Math.ceil(data.train.count / batch),
    seeds: 1,
    entries: [
      {
        method: row.method,
        rates:
          row.rate === undefined ? methods[row.method].rates(network.taskName, dtp) : [row.rate],
      },
    ],
    repeats: [],
    dtp,
    decoder: {architecture: decoder},
  };
}

function rounded({loss, score, seconds}: EpochResult) {
  return {loss: round(loss), score: round(score), seconds: round(seconds)};
}

/** Five digits, which is more than seeds leave certain; null where JSON knows no number. */
function round(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
