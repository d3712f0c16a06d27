import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import type {circumstances} from '../../examples/compare/record';
import type {EpochResult} from '../../examples/compare/run';
import {InputError} from '../../examples/input_error';
import {type Row, rowName} from './grid';
import type {GridTask} from './grid_tasks';

/** What one row of the grid did on one task: a line of the results file. */
export interface Result extends Row, ReturnType<typeof circumstances> {
  task: GridTask;
  commit: string;
  data: {name: string; train: number};
  /** What is trained, as `784-256-256-10 relu`. */
  network: string;
  batch: number;
  plannedEpochs: number;
  /** From epoch 0, before training, on; fewer if it diverged or failed. Null is NaN or infinite. */
  epochs: {[field in keyof EpochResult]: number | null}[];
  /** Wall time of a training step. */
  millisecondsPerStep: number | null;
  /** Processor time of the whole row, evaluation included. */
  cpuSeconds: number | null;
  diverged: boolean;
  /** What stopped the row. */
  error: string | null;
}

/** What tells results apart: the row, the task, the data and the length of the training. */
export function resultKey({
  task,
  data,
  plannedEpochs,
  ...row
}: Row & Pick<Result, 'task' | 'data' | 'plannedEpochs'>): string {
  return [task, data.name, data.train, plannedEpochs, rowName(row)].join('|');
}

/** All results of a file; none if there is no file. @throws InputError that names the line. */
export function readResults(file: string): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as Result];
    } catch (error) {
      throw new InputError(
        `${file}: line ${index + 1} is not JSON (${(error as Error).message}). Remove that line.`,
      );
    }
  });
}

/** Adds a result at the end of the file, which is whole after every row. */
export function appendResult(file: string, result: Result): void {
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}
