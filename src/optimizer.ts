import * as tf from '@tensorflow/tfjs';
import {
  type DTPOptimizerConfig,
  deserializeOptimizer,
  type ResolvedConfig,
  resolveConfig,
} from './config';
import {learnDecoder} from './decoders/learn';
import {mixed} from './decoders/noise';
import type {PairedLayer} from './layers/paired_layer';
import type {DiagnosticName} from './monitor/index';
import {type Observation, observation} from './monitor/observation';
import {NonFiniteError} from './step/non_finite_error';
import {snapshot} from './step/snapshot';
import type {Determined, StepObserver} from './step/step_observer';
import {createStep, type LayerRecord, type TrainingStep, withStep} from './step/training_step';
import {momentCount, showMoment} from './targets/moments';
import {type Propagation, propagate} from './targets/propagate';
import {totalChanges} from './updates/total_changes';

/**
 * Trains a model by differential target propagation.                    (Bengio 2020, Algorithm)
 *
 *     record   x_l, h_l = f_l(h_{l−1})                      one call of the loss function
 *     target   τ_L = h_L − β ∂L/∂h_L
 *     invert   τ_{l−1} from τ_l through the decoder of l
 *     weigh    s_l, the share of its step that layer l takes
 *     update   ΔW_l moves h_l by s_l (τ_l − h_l)
 *     apply    W_l ← W_l + ΔW_l, or a part of it (`bounds`)
 *     learn    the decoders, each on its own loss
 *
 * For `model.compile({optimizer: new DTPOptimizer()})`; everything else of training stays as it is.
 * Decoders are weights of their layers, so they are saved and loaded with the model.
 */
export class DTPOptimizer extends tf.Optimizer {
  static readonly className = 'DTPOptimizer';

  /** How many steps were left out because something was not finite (`onNonFinite: 'skip'`). */
  skippedSteps = 0;

  private readonly config: ResolvedConfig;
  private readonly inner: tf.Optimizer | null;
  /** Made when there is a variable for it. */
  private unpaired: tf.Optimizer | null = null;
  /** The layers whose decoder has learned before, in the order in which they first did. */
  private readonly warm: PairedLayer[] = [];
  /** `decoders.optimizer`, one for each of them: its state belongs to the weights of one decoder. */
  private readonly decoderOptimizers: tf.Optimizer[] = [];
  /** True between loading the state of a run and its next step: decoders come from that run. */
  private resumed = false;
  /** Who asked to look at the next step. */
  private readonly observers: StepObserver[] = [];

  /** @throws TypeError or RangeError that names the field, its value and what is valid. */
  constructor(config: DTPOptimizerConfig = {}) {
    super();
    this.config = resolveConfig(config);
    this.inner = this.config.optimizer && deserializeOptimizer(this.config.optimizer);
  }

  /** The learning rate of the next step. */
  get learningRate(): number {
    const {learningRate} = this.config;
    if (typeof learningRate === 'number') return learningRate;
    const rate = learningRate(this.iterations);
    if (Number.isFinite(rate) && rate >= 0) return rate;
    throw new RangeError(
      `DTPOptimizer: learningRate(${this.iterations}) returned ${rate}, expected a number ≥ 0.`,
    );
  }

  /**
   * One training step.
   *
   * @param f The loss; called exactly once.
   * @param returnCost Whether to return the loss.
   * @param varList The variables to train; all trainable ones if not given.
   * @returns The loss, the caller's to dispose, or null.
   * @throws Error that names the step, and the layer where there is one, if the model has no paired
   * layer or something is not finite; all weights are as before.
   */
  override minimize(
    f: () => tf.Scalar,
    returnCost = false,
    varList: tf.Variable[] = Object.values(tf.engine().registeredVariables),
  ): tf.Scalar | null {
    const observers = this.observers.splice(0);
    const trained = new Set(varList.filter(({trainable}) => trainable));
    if (trained.size === 0) {
      throw new Error(
        'DTPOptimizer: there is nothing to train, expected at least one trainable weight. Set ' +
          'trainable = true on a layer before model.compile.',
      );
    }
    const rate = this.learningRate;
    const warming: PairedLayer[] = [];
    const prepareDecoder = (record: LayerRecord) => this.warmUp(record, warming);
    const step = createStep(this.config, trained, prepareDecoder, observers);
    return withStep(step, () => {
      const before = snapshot(this.config.online ? allVariables() : untrainedVariables());
      try {
        const propagation = propagate(step, f);
        this.applyToPaired(step, propagation, rate);
        this.applyToOthers(step, propagation);
        this.learnDecoders(step, [...this.warm, ...warming]);
        this.warm.push(...warming);
        this.resumed = false;
        this.incrementIterations();
        return returnCost ? propagation.loss.clone() : null;
      } catch (error) {
        before.restore();
        if (!this.resumed) this.forgetWarming();
        if (!(error instanceof NonFiniteError)) throw error;
        return this.leaveOut(error, returnCost);
      } finally {
        before.dispose();
      }
    });
  }

  /**
   * Has diagnostics of the next step measured, whoever takes it: `minimize`, `trainOnBatch` or `fit`.
   * The step itself stays as it is, to the last bit; other steps cost nothing.
   *
   * @example
   * const observed = optimizer.observe(['influence', 'angle']);
   * await model.trainOnBatch(x, y);
   * console.log(observed.diagnostics);
   * @param names Some of `dtp.diagnostics`; by default those that cost little.
   * @throws RangeError if a name is none of them.
   */
  observe(names?: DiagnosticName[]): Observation {
    const asked = observation('DTPOptimizer.observe', names);
    this.observers.push(asked);
    return asked;
  }

  /**
   * Not available: a step of target propagation also teaches the decoders, so it is one call.
   *
   * @throws Error always.
   */
  override computeGradients(): never {
    throw new Error('DTPOptimizer: has no separate gradients to compute. Call minimize().');
  }

  /**
   * Not available; see `computeGradients`.
   *
   * @throws Error always.
   */
  override applyGradients(): never {
    throw new Error('DTPOptimizer: has no separate gradients to apply. Call minimize().');
  }

  /** Changes the learning rate from the next step on. @throws RangeError if it is not above 0. */
  setLearningRate(learningRate: number | ((step: number) => number)): void {
    this.config.learningRate = resolveConfig({learningRate}).learningRate;
  }

  override getConfig(): tf.serialization.ConfigDict {
    // A function is not JSON: what can be saved of a schedule is its present value.
    const config = {...this.config, learningRate: this.learningRate};
    return config as unknown as tf.serialization.ConfigDict;
  }

  /** For tfjs's loading of saved models. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    optimizerClass: tf.serialization.SerializableConstructor<T>,
    {customObjects: _, ...config}: tf.serialization.ConfigDict,
  ): T {
    // tfjs puts an entry of its own into every configuration that it reads.
    return new optimizerClass(config);
  }

  override async getWeights(): Promise<NamedTensors> {
    // A save keeps tensors by name, and every optimizer calls its count of steps 'iter'.
    const named = async (prefix: string, optimizer: tf.Optimizer | null) =>
      ((await optimizer?.getWeights()) ?? []).map(({name, tensor}) => ({
        name: prefix + name,
        tensor,
      }));
    return [
      await this.saveIterations(),
      ...(await named(PAIRED, this.inner)),
      ...(await named(UNPAIRED, this.unpaired)),
      ...(
        await Promise.all(
          this.decoderOptimizers.map((optimizer, i) => named(decoderPrefix(i), optimizer)),
        )
      ).flat(),
    ];
  }

  override async setWeights(weights: NamedTensors): Promise<void> {
    const of = (prefix: string) => weights.filter(({name}) => name.startsWith(prefix));
    await this.inner?.setWeights(of(PAIRED));
    if (of(UNPAIRED).length > 0) await this.unpairedOptimizer().setWeights(of(UNPAIRED));
    for (let i = 0; of(decoderPrefix(i)).length > 0; i++) {
      await (this.decoderOptimizer(i) as tf.Optimizer).setWeights(of(decoderPrefix(i)));
    }
    await this.extractIterations(weights);
    this.resumed = this.iterations > 0;
  }

  override dispose(): void {
    this.inner?.dispose();
    this.unpaired?.dispose();
    for (const optimizer of this.decoderOptimizers) optimizer.dispose();
  }

  private unpairedOptimizer(): tf.Optimizer {
    this.unpaired ??= deserializeOptimizer(this.config.unpairedOptimizer);
    return this.unpaired;
  }

  /** Teaches a decoder before its first use, unless it comes trained from a saved run. */
  private warmUp(record: LayerRecord, warming: PairedLayer[]): void {
    const {layer} = record;
    if (this.warm.includes(layer) || warming.includes(layer)) return;
    const count = this.warm.length + warming.push(layer);
    if (this.resumed) return;
    const {objective, warmupSteps: steps} = this.config.decoders;
    const options = {...this.config.decoders, steps, fresh: true, seed: this.config.seed + count};
    learnDecoder(layer, [record], objective, options, this.decoderOptimizer(count - 1));
  }

  /** The decoders that warmed up in a step that failed will warm up again. */
  private forgetWarming(): void {
    for (const optimizer of this.decoderOptimizers.splice(this.warm.length)) optimizer.dispose();
  }

  /** The optimizer of the decoder that learned as the i-th; null if there is none to be. */
  private decoderOptimizer(i: number): tf.Optimizer | null {
    const {optimizer} = this.config.decoders;
    if (optimizer === null) return null;
    if (this.decoderOptimizers[i] === undefined) {
      this.decoderOptimizers[i] = deserializeOptimizer(optimizer);
      // Made inside the backward pass, whose tidy would dispose of a momentum's own scalar.
      for (const value of Object.values(this.decoderOptimizers[i])) {
        if (value instanceof tf.Tensor) tf.keep(value);
      }
    }
    return this.decoderOptimizers[i];
  }

  /** W ← W + ΔW, or the inner optimizer's step along −ΔW. */
  private applyToPaired(step: TrainingStep, propagation: Propagation, rate: number): void {
    const {online} = this.config;
    if (online !== null) {
      this.applyOnline(step, propagation, rate, online.decay);
      return;
    }
    tf.tidy(() => {
      const totals = totalChanges(step, propagation, rate);
      showTo(step, {gradients: propagation.gradients, changes: totals});
      if (this.inner === null) {
        for (const {variable, total} of totals) variable.assign(variable.add(total));
      } else {
        this.inner.applyGradients(
          totals.map(({variable, total}) => ({name: variable.name, tensor: total.neg()})),
        );
      }
    });
  }

  /**
   * Lets the weights follow the relaxation of the targets.
   *
   *     W ← W − γ W + ΔW_t − ΔW_{t−1}                                    (Bengio 2020, §7)
   *
   * with ΔW_t the whole change if the relaxation stopped after sweep t: linear in the targets, so
   * that this is the paper's τ̇ nᵀ, and what a stop leaves behind is that change. At the start τ = h,
   * ΔW_0 = 0, and nothing moves. The relaxation itself sees the weights of the forward pass, as the
   * paper's x and n stay fixed in it. Biases do not decay.
   */
  private applyOnline(
    step: TrainingStep,
    propagation: Propagation,
    rate: number,
    decay: number,
  ): void {
    tf.tidy(() => {
      if (step.observers.length > 0) {
        // Without decay the increments sum to the change at the end.
        const changes = totalChanges(step, propagation, rate);
        showTo(step, {gradients: propagation.gradients, changes});
      }
      const done = new Map<tf.Variable, tf.Tensor>();
      for (let t = 0; t < momentCount(step); t++) {
        showMoment(step, t);
        for (const {variable, total} of totalChanges(step, propagation, rate)) {
          const increment = done.has(variable) ? total.sub(done.get(variable) as tf.Tensor) : total;
          const kept = variable.rank > 1 ? variable.mul(1 - decay) : variable;
          variable.assign(kept.add(increment));
          done.set(variable, total);
        }
      }
    });
  }

  /** The ordinary gradient step for all variables outside paired layers. */
  private applyToOthers(step: TrainingStep, {gradients}: Propagation): void {
    const paired = new Set(
      step.records.flatMap(({layer}) => layer.parameters().map((weight) => weight.read())),
    );
    const others = [...step.trained].filter((variable) => !paired.has(variable));
    if (others.length > 0) {
      this.unpairedOptimizer().applyGradients(
        others.map(({name}) => ({name, tensor: gradients[name] as tf.Tensor})),
      );
    }
  }

  private learnDecoders({records, config}: TrainingStep, warm: PairedLayer[]): void {
    const {objective, every} = config.decoders;
    if (config.feedback !== 'layerwise' || this.iterations % every !== 0) return;
    const teaching = records.filter(({passesDown, difference}) => passesDown && difference);
    for (const layer of new Set(teaching.map(({layer}) => layer))) {
      const calls = teaching.filter((record) => record.layer === layer);
      const i = warm.indexOf(layer);
      const seed = mixed(config.seed, this.iterations, i);
      const options = {...config.decoders, steps: 1, fresh: false, seed};
      learnDecoder(layer, calls, objective, options, this.decoderOptimizer(i));
    }
  }

  /** Ends a step that is not applied, as `onNonFinite` says. */
  private leaveOut(reason: NonFiniteError, returnCost: boolean): tf.Scalar | null {
    if (this.config.onNonFinite === 'throw') {
      throw new NonFiniteError(
        `DTPOptimizer: step ${this.iterations}: ${reason.message}. The step was not applied, all ` +
          "weights are as before. Check the inputs and labels, lower learningRate, or set onNonFinite: 'skip'.",
      );
    }
    this.skippedSteps++;
    return returnCost ? tf.scalar(Number.NaN) : null;
  }
}

tf.serialization.registerClass(DTPOptimizer);

/** Prefixes of the names of what the inner optimizers save. */
const PAIRED = 'paired/';
const UNPAIRED = 'unpaired/';
const decoderPrefix = (i: number) => `decoders/${i}/`;

type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** Before any weight moves. */
function showTo(step: TrainingStep, determined: Determined): void {
  for (const observer of step.observers) observer.determined(step, determined);
}

function allVariables(): tf.Variable[] {
  return Object.values(tf.engine().registeredVariables);
}

function untrainedVariables(): tf.Variable[] {
  return allVariables().filter(({trainable}) => !trainable);
}
