import * as tf from '@tensorflow/tfjs';
import {assertFields} from '../messages/assert_fields';
import {show} from '../messages/show';
import {DTPOptimizer} from '../optimizer/dtp_optimizer';
import {
  assertDiagnosticNames,
  type CallDiagnostics,
  cheapDiagnostics,
  type DiagnosticName,
} from './index';
import {type Means, meansOf} from './means';
import type {Observation} from './observation';
import {tableOf} from './table';

/** The arguments of a monitor. */
export interface MonitorArgs {
  /**
   * What to measure: some of `dtp.diagnostics`. `angle` costs one more backward pass, `gaussNewton`
   * one for each output unit; it is for small networks: on a larger one the step throws a RangeError.
   *
   * @defaultValue `['reconstruction', 'inversion', 'influence', 'target']`
   */
  diagnostics?: DiagnosticName[];
  /**
   * Measures the first step of each epoch and then every n-th; a whole number ≥ 1, or 'epoch'
   * for the first only. @defaultValue 10
   */
  every?: number | 'epoch';
  /** Is given a table of the means at the end of each epoch; null for none. @defaultValue null */
  print?: ((table: string) => void) | null;
}

/** What a monitor measured in one step, as plain JSON. */
export interface MonitoredStep {
  /** As tfjs counts, from 0. */
  epoch: number;
  /** The step within the epoch, from 0. */
  batch: number;
  /** One entry for each call of a paired layer that had a target. */
  diagnostics: CallDiagnostics[];
}

const AMONG_FUNCTIONS =
  'dtp.Monitor: TensorFlow.js has taken it for plain functions, as the first of the callbacks is one, so that it could ' +
  'measure nothing. Wrap the others: callbacks: [new tf.CustomCallback({onEpochEnd}), monitor].';

type Logs = Parameters<tf.Callback['onEpochEnd']>[1];

/**
 * Measures how well target propagation works in each layer while `fit` or `fitDataset` trains.
 *
 *     const monitor = new dtp.Monitor({every: 20, print: console.log});
 *     await model.fit(x, y, {epochs: 5, callbacks: [monitor]});
 *
 * `history` has every step measured. The means over an epoch become entries of its logs,
 * `layer_diagnostic_quantity`, and so of what `fit` returns and of what callbacks after this one
 * see. Further calls of a layer, and of others of the same name, count from 2, `layer-2_...`; what is no letter,
 * digit, `_` or `-` in a layer's name becomes `-`, as charts take these names for selectors and paths. Training is
 * the same with and without it, to the last bit.               (Bengio 2020, §4, §5, §6, §8)
 */
export class Monitor extends tf.Callback {
  /** What was measured since training began, step by step. */
  history: MonitoredStep[] = [];

  private readonly diagnostics: DiagnosticName[];
  private readonly every: number | 'epoch';
  private readonly print: MonitorArgs['print'];
  private epoch = 0;
  private observation: Observation | null = null;

  /**
   * @param args What to measure, how often, and where to print it.
   * @throws RangeError or TypeError that names the argument, its value and what is valid.
   */
  constructor(args: MonitorArgs = {}) {
    super();
    assertFields('dtp.Monitor', 'the argument', args, ['diagnostics', 'every', 'print']);
    const {diagnostics = [...cheapDiagnostics], every = 10, print = null} = args;
    assertDiagnosticNames('dtp.Monitor', diagnostics);
    if (every !== 'epoch' && !(Number.isSafeInteger(every) && every >= 1)) {
      throw new RangeError(
        `dtp.Monitor: every is ${show(every)}, expected a whole number ≥ 1 or 'epoch'.`,
      );
    }
    if (print !== null && typeof print !== 'function') {
      throw new TypeError(
        `dtp.Monitor: print is ${show(print)}, expected a function such as console.log.`,
      );
    }
    this.diagnostics = [...diagnostics];
    this.every = every;
    this.print = print;
  }

  /**
   * Called by tfjs: notes the model.
   *
   * @throws TypeError if it is not trained by `DTPOptimizer`.
   */
  override setModel(model: Parameters<tf.Callback['setModel']>[0]): void {
    super.setModel(model);
    const optimizer = this.model?.optimizer;
    // Not instanceof: the optimizer may come from the other build of this package.
    if (optimizer?.getClassName() === DTPOptimizer.className) return;
    throw new TypeError(
      `dtp.Monitor: the model is trained by ${optimizer?.getClassName() ?? 'no optimizer'}, expected ` +
        'DTPOptimizer, whose targets it measures. Compile the model with new dtp.DTPOptimizer(), or ' +
        'leave the monitor out.',
    );
  }

  /**
   * Called by tfjs: forgets an earlier training.
   *
   * @throws TypeError if tfjs has taken it for plain functions.
   */
  override async onTrainBegin(): Promise<void> {
    if (!(this instanceof Monitor)) throw new TypeError(AMONG_FUNCTIONS);
    this.history = [];
  }

  /** Called by tfjs: notes the epoch. */
  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = epoch;
  }

  /** Called by tfjs: has the step measured, if it is one of `every`. */
  override async onBatchBegin(batch: number): Promise<void> {
    const every = this.every === 'epoch' ? Number.POSITIVE_INFINITY : this.every;
    if (batch % every !== 0) return;
    this.observation = (this.model.optimizer as DTPOptimizer).observe(this.diagnostics);
  }

  /** Called by tfjs: adds what was measured to `history`. */
  override async onBatchEnd(batch: number): Promise<void> {
    const diagnostics = this.observation?.diagnostics;
    this.observation = null;
    // A step that was left out has none.
    if (diagnostics) this.history.push({epoch: this.epoch, batch, diagnostics});
  }

  /** Called by tfjs: adds the means to the logs of the epoch, and prints them. */
  override async onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    const steps = this.history.filter((step) => step.epoch === epoch);
    const means = meansOf(steps.map(({diagnostics}) => diagnostics));
    const taken = new Set<string>();
    for (const [call, columns] of Object.entries(means)) {
      const name = logName(call, taken);
      for (const [column, value] of Object.entries(columns)) {
        if (value !== null) logs[`${name}_${column.replace('.', '_')}`] = value;
      }
    }
    this.print?.(`epoch ${epoch + 1}, ${summaryOf(steps.length, means)}\n`);
  }
}

function summaryOf(steps: number, means: Means): string {
  if (steps === 0) return 'no step measured, as none was applied';
  return `${steps === 1 ? 'mean of 1 step' : `means of ${steps} steps`}\n${tableOf(means)}`;
}

/**
 * The name of a call in the logs, not taken yet: of a dot, tfvis makes a selector that is not valid, and
 * Vega a path.
 */
function logName(call: string, taken: Set<string>): string {
  const wanted = call.replaceAll(/[^\p{L}\p{N}_-]/gu, '-');
  let name = wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`;
  taken.add(name);
  return name;
}
