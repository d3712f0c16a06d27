import {MultiBar, Presets} from 'cli-progress';
import {type MethodName, methods} from './methods';
import type {Plan} from './plan';
import type {Run} from './run';

/** Is told how the training goes. */
export interface Progress {
  /** A run has finished an epoch. */
  epoch(run: Run): void;
  /** All runs of a seed have finished an epoch. */
  round(runs: Run[]): void;
  /** All is done. */
  stop(): void;
}

/** Shows nothing. */
export const silent: Progress = {epoch: () => {}, round: () => {}, stop: () => {}};

/** Bars on a terminal, plain lines anywhere else. */
export function showProgress(plan: Plan): Progress {
  return process.stdout.isTTY ? bars(plan) : lines(plan);
}

/** One bar for each method, over all its rates, seeds and epochs, and one for all of them. */
function bars(plan: Plan): Progress {
  const work = epochsOf(plan);
  const width = Math.max(...work.map(({method}) => methods[method].label.length));
  const bar = '{label} {bar} {percentage} %';
  const multibar = new MultiBar(
    {format: `${bar}  loss {loss}`, barsize: 24, hideCursor: true, stream: process.stdout},
    Presets.rect,
  );
  const bars = new Map(
    work.map(({method, epochs}) => {
      const label = methods[method].label.padEnd(width);
      return [method, multibar.create(epochs, 0, {label, loss: '–'})];
    }),
  );
  const total = work.reduce((sum, {epochs}) => sum + epochs, 0);
  const all = multibar.create(
    total,
    0,
    {label: 'all'.padEnd(width)},
    {format: `${bar}  about {eta_formatted} left`, etaBuffer: total},
  );
  return {
    epoch: ({method}) => {
      bars.get(method)?.increment();
      all.increment();
    },
    round: (runs) => {
      for (const [method, loss] of lowestLosses(runs)) bars.get(method)?.update({loss});
    },
    stop: () => multibar.stop(),
  };
}

/** One line for each epoch of all methods. */
function lines(plan: Plan): Progress {
  const start = performance.now();
  const total = epochsOf(plan).reduce((sum, {epochs}) => sum + epochs, 0);
  let done = 0;
  return {
    epoch: () => {
      done++;
    },
    round: (runs) => {
      const {seed, epochs} = runs[0];
      const where = plan.seeds > 1 ? `seed ${seed}, epoch` : 'epoch';
      const losses = [...lowestLosses(runs)].map(
        ([name, loss]) => `${methods[name].label} ${loss}`,
      );
      const left = ((performance.now() - start) / 1000 / done) * (total - done);
      console.log(
        `${where} ${epochs.length - 1}/${plan.epochs}: ${losses.join(' · ')} ` +
          `(about ${left.toFixed(0)} s left)`,
      );
    },
    stop: () => {},
  };
}

/** How many epochs every method has to train, over all its rates and seeds. */
function epochsOf({entries, repeats, seeds, epochs}: Plan) {
  return [
    ...entries.map(({method, rates}) => ({method, epochs: rates.length * seeds * epochs})),
    ...repeats.map((method) => ({method, epochs: seeds * epochs})),
  ];
}

/** The last train loss of each method, the lowest of its rates. */
function lowestLosses(runs: Run[]): Map<MethodName, string> {
  const names = new Set(runs.map(({method}) => method));
  return new Map(
    Array.from(names, (name) => {
      const own = runs.filter(({method, diverged}) => method === name && !diverged);
      const lowest = Math.min(...own.map(({epochs}) => epochs[epochs.length - 1].loss));
      return [name, own.length === 0 ? 'diverged' : lowest.toPrecision(3)];
    }),
  );
}
