import {lowestLoss, type RateResult} from '../examples/compare/compare';
import {curve} from '../examples/compare/curve';
import {methods} from '../examples/compare/methods';
import {networks} from '../examples/compare/networks';
import type {EpochResult} from '../examples/compare/run';
import type {TaskName} from '../examples/compare/tasks';
import type {WasmKernels} from '../examples/compare/wasm_kernels';
import {type ContenderName, contenders} from './contenders';
import type {TaskResult} from './results';
import type {StepCost} from './step_cost';
import {benchTasks} from './tasks';
import {timeToLoss} from './time_to_loss';

/** How a contender did on a task, on one kind of kernels. */
export interface Standing {
  contender: ContenderName;
  kernels: WasmKernels;
  /** The one with the lowest final train loss, a mean over the seeds. */
  rate: number;
  /** Where that is in the list of rates: at an end, a better one may lie beyond. */
  atEdge: boolean;
  diverged: boolean;
  /** Mean over the seeds, in the time of these kernels. */
  curve: EpochResult[];
  /** Until the lowest loss of any Adam; Infinity if it never reached that, NaN if it diverged, or without an Adam. */
  secondsToAdam: number;
  cost: StepCost | undefined;
}

/**
 * The standings of all contenders that were trained, at their best rates.
 *
 * Losses do not depend on the kernels, up to rounding, and are trained once, on those of the method.
 * The time on the other ones is that, times the ratio of the times of a step.
 */
export function standings({task, runs, steps}: TaskResult, names: ContenderName[]): Standing[] {
  const taskName = networks[benchTasks[task].network].task;
  const bests = names.flatMap((contender) => {
    const best = bestRate(runs, contender, taskName);
    return best === null ? [] : [{contender, ...best}];
  });
  const target = adamsBest(bests);
  return bests.flatMap(({contender, best, rates}) => {
    const {method} = contenders[contender];
    const diverged = best.runs.some((run) => run.diverged);
    const {backend} = runs.filter((run) => run.method === method)[0];
    const costs = steps.filter((cost) => cost.method === method && cost.backend === backend);
    const own = costs.find(({kernels}) => kernels === methods[method].wasmKernels);
    const kinds = costs.length === 0 ? [methods[method].wasmKernels] : costs.map((c) => c.kernels);
    return kinds.map((kernels): Standing => {
      const cost = costs.find((one) => one.kernels === kernels);
      const slower = cost && own ? cost.milliseconds / own.milliseconds : 1;
      const scaled = curve(best).map((epoch) => ({...epoch, seconds: epoch.seconds * slower}));
      return {
        contender,
        kernels,
        rate: best.rate,
        atEdge: rates.length > 1 && [rates[0], rates[rates.length - 1]].includes(best.rate),
        diverged,
        curve: scaled,
        secondsToAdam: target === null || diverged ? Number.NaN : timeToLoss(scaled, target),
        cost,
      };
    });
  });
}

/** The last epoch; NaN of what diverged, or was not trained. */
export function endOf(one: Standing | undefined): {loss: number; score: number} {
  return one === undefined || one.diverged
    ? {loss: Number.NaN, score: Number.NaN}
    : one.curve[one.curve.length - 1];
}

/** The rate of a contender with the lowest final loss; null if nothing of it was trained. */
export function bestRate(
  runs: TaskResult['runs'],
  contender: ContenderName,
  task: TaskName,
): {best: RateResult; rates: number[]} | null {
  const {method, schedule, rates: allowed} = contenders[contender];
  const own = runs.filter((run) => run.method === method && run.schedule === schedule);
  const rates = allowed(task).filter((rate) => own.some((run) => run.rate === rate));
  if (rates.length === 0) return null;
  const results = rates.map((rate) => ({rate, runs: own.filter((run) => run.rate === rate)}));
  return {best: lowestLoss(results), rates};
}

/** The lowest train loss after any epoch of Adam at its best rates; null without Adam. */
function adamsBest(bests: {contender: ContenderName; best: RateResult}[]): number | null {
  const losses = bests
    .filter(({contender}) => contenders[contender].method === 'adam')
    .flatMap(({best}) => curve(best).map(({loss}) => loss))
    .filter(Number.isFinite);
  return losses.length === 0 ? null : Math.min(...losses);
}
