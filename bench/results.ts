import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {InputError} from '../examples/input_error';
import type {ChromeInfo} from './chrome';
import type {ContenderName} from './contenders';
import type {Origin} from './origin';
import type {StepCost} from './step_cost';
import type {BenchTaskName} from './tasks';
import type {TrainedRun} from './train';

/** A file of `npm run bench`. */
export interface BenchResults extends Origin {
  kind: 'bench';
  settings: {
    contenders: ContenderName[];
    seeds: number;
    data: {name: string; train: number; test: number};
    quick: boolean;
  };
  /** Null if nothing was measured there. */
  chrome: ChromeInfo | null;
  tasks: TaskResult[];
}

export interface TaskResult {
  task: BenchTaskName;
  network: string;
  batch: number;
  epochs: number;
  /** Of every method, rate, schedule and seed. */
  runs: TrainedRun[];
  /** In Node, on the backends of the trainings, then in Chrome. */
  steps: StepCost[];
}

/** Writes results such that the file is whole at any time. Numbers that JSON lacks become text. */
export function writeResults(file: string, results: object): void {
  writeFileSync(`${file}.partial`, `${JSON.stringify(results, nameNumbers, 1)}\n`);
  renameSync(`${file}.partial`, file);
}

/**
 * What `writeResults` wrote.
 *
 * @param kind What the file must be about.
 * @throws InputError that names the file.
 */
export function readResults<Results extends {kind: string}>(
  file: string,
  kind: Results['kind'],
): Results {
  let results: Results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'), numbersOfNames);
  } catch (error) {
    throw new InputError(
      `${file}: cannot be read (${(error as Error).message}). Give a JSON file of npm run ${kind}.`,
    );
  }
  if (results?.kind === kind) return results;
  throw new InputError(
    `${file}: is a file of ${results?.kind ?? 'something else'}, expected one of npm run ${kind}.`,
  );
}

const special = new Map([Number.NaN, Infinity, -Infinity].map((value) => [String(value), value]));

function nameNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function numbersOfNames(_key: string, value: unknown): unknown {
  return special.get(value as string) ?? value;
}
