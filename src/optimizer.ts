import * as tf from '@tensorflow/tfjs';
import {type DTPOptimizerConfig, type ResolvedConfig, resolveConfig} from './config';
import {learnDecoder} from './decoders/learn';
import {mixed} from './decoders/noise';
import {type InnerOptimizer, innerOptimizer, type NamedTensors} from './inner_optimizer';
import type {PairedLayer} from './layers/paired_layer';
import type {DiagnosticName} from './monitor/index';
import {type Observation, observation} from './monitor/observation';
import {NonFiniteError} from './step/non_finite_error';
import {snapshot} from './step/snapshot';
import type {Determined, StepObserver} from './step/step_observer';
import {sumsOf} from './step/sums_of';
import {createStep, type LayerRecord, type TrainingStep, withStep} from './step/training_step';
import {momentCount, showMoment} from './targets/moments';
import {type Propagation, propagate} from './targets/propagate';
import {constrain} from './updates/constrain';
import {totalChanges} from './updates/total_changes';

/**
 * Trains a model by differential target propagation.                    (Bengio 2020, Algorithm)
 *
 *     record   x_l, h_l = f_l(h_{l−1})                      one call of the loss function
 *     target   τ_L = h_L − β ∂L/∂h_L
 *     invert   τ_{l−1} from τ_l through the decoder of l
 *     weigh    s_l, the share of its step that layer l takes
 *     update   ΔW_l moves h_l by s_l (τ_l − h_l)
 *     apply    W_l ← W_l + ΔW_l, or a part of it (`bounds`, `clipNorm`); decay and constraints
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
  private inner: InnerOptimizer | null = null;
  /** Made when there is a variable for it. */
  private unpaired: InnerOptimizer | null = null;
  /** What has learned before, in the order in which it first did. */
  private warm: WarmDecoder[] = [];
  /** `decoders.optimizer`, one for each of them: its state belongs to the weights of one decoder. */
  private decoderOptimizers: InnerOptimizer[] = [];
  /** The layers of the steps so far, all of one model. */
  private readonly met = new Set<PairedLayer>();
  /** True between loading the state of a run and its next step, which finds out whether it fits. */
  private resumed = false;
  /** Who asked to look at the next step. */
  private readonly observers: StepObserver[] = [];

  /** @throws TypeError or RangeError that names the field, its value and what is valid. */
  constructor(config: DTPOptimizerConfig = {}) {
    super();
    this.config = resolveConfig(config);
    this.makeInner();
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
   * layer or is another one than before, or something is not finite; all weights are as before.
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
    const prepareDecoder = (record: LayerRecord) => this.warmUp(record);
    const step = createStep(this.config, trained, prepareDecoder, observers);
    return withStep(step, () => {
      // Online updates, and state that does not fit, may fail after a part has been applied.
      const everything = this.config.online !== null || this.resumed;
      const before = snapshot(everything ? allVariables() : untrainedVariables());
      const warm = [...this.warm];
      try {
        const propagation = propagate(step, f);
        this.assertSameModel(step);
        this.applyToPaired(step, propagation, rate);
        this.applyToOthers(step, propagation);
        constrain(step);
        this.learnDecoders(step);
        for (const {layer} of step.records) this.met.add(layer);
        this.resumed = false;
        this.incrementIterations();
        return returnCost ? propagation.loss.clone() : null;
      } catch (error) {
        before.restore();
        this.forgetWarming(warm);
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
    const named = async (prefix: string, optimizer: InnerOptimizer | null) =>
      ((await optimizer?.getWeights()) ?? []).map(({name, tensor}) => ({
        name: prefix + name,
        tensor,
      }));
    const decoders = this.decoderOptimizers.map((optimizer, i) =>
      named(decoderPrefix(i), optimizer),
    );
    const names = this.warm.map(({name}) => name);
    return [
      await this.saveIterations(),
      ...(names.length > 0 ? [{name: WARM, tensor: tf.tensor1d(names, 'string')}] : []),
      ...(await named(PAIRED, this.inner)),
      ...(await named(UNPAIRED, this.unpaired)),
      ...(await Promise.all(decoders)).flat(),
    ];
  }

  /**
   * For tfjs's loading of saved models: takes over the state of a run, in place of its own.
   *
   * @throws Error if the tensors are not those of a DTPOptimizer; its state is as before.
   */
  override async setWeights(weights: NamedTensors): Promise<void> {
    assertState(weights);
    const of = (prefix: string) =>
      weights
        .filter(({name}) => name.startsWith(prefix))
        .map(({name, tensor}) => ({name: name.slice(prefix.length), tensor}));
    this.dispose();
    this.makeInner();
    this.unpaired = null;
    this.decoderOptimizers = [];
    await this.inner?.setWeights(of(PAIRED));
    if (of(UNPAIRED).length > 0) await this.unpairedOptimizer().setWeights(of(UNPAIRED));
    for (let i = 0; of(decoderPrefix(i)).length > 0; i++) {
      await this.decoderOptimizer(i)?.setWeights(of(decoderPrefix(i)));
    }
    const [names] = of(WARM);
    this.warm = Array.from((await names?.tensor.data<'string'>()) ?? [], (name) => ({
      name,
      layer: null,
    }));
    await this.extractIterations(weights);
    this.resumed = true;
  }

  override dispose(): void {
    this.inner?.dispose();
    this.unpaired?.dispose();
    for (const optimizer of this.decoderOptimizers) optimizer.dispose();
  }

  private makeInner(): void {
    const {optimizer} = this.config;
    this.inner = optimizer && innerOptimizer('optimizer', optimizer);
  }

  private unpairedOptimizer(): InnerOptimizer {
    this.unpaired ??= innerOptimizer('unpairedOptimizer', this.config.unpairedOptimizer);
    return this.unpaired;
  }

  /** The state of a step belongs to layers: of two models, each would spoil the other's. */
  private assertSameModel({records}: TrainingStep): void {
    if (this.met.size === 0 || records.some(({layer}) => this.met.has(layer))) return;
    const [[first], {layer}] = [this.met, records[0]];
    throw new Error(
      `DTPOptimizer: trains a model with layer "${layer.name}", but has trained another one before, ` +
        `with layer "${first.name}". Its state (decoders, step count, momentum) belongs to one model: ` +
        'compile each model with a new DTPOptimizer.',
    );
  }

  /** Teaches a decoder before its first use, unless it comes trained from a saved run. */
  private warmUp(record: LayerRecord): void {
    const {layer} = record;
    if (this.warm.some((known) => known.layer === layer)) return;
    const {name} = layer;
    const saved = this.warm.findIndex((known) => known.layer === null && known.name === name);
    const i = saved === -1 ? this.warm.length : saved;
    this.warm[i] = {name, layer};
    if (saved !== -1 && !isBlank(layer)) return;
    const {objective, warmupSteps: steps} = this.config.decoders;
    const seed = this.config.seed + i + 1;
    const options = {...this.config.decoders, steps, fresh: true, seed};
    learnDecoder(layer, [record], objective, options, this.decoderOptimizer(i));
  }

  /** The decoders that warmed up in a step that failed will warm up again. */
  private forgetWarming(warm: WarmDecoder[]): void {
    for (const optimizer of this.decoderOptimizers.splice(warm.length)) optimizer.dispose();
    this.warm = warm;
  }

  /** The optimizer of the decoder that learned as the i-th; null if there is none to be. */
  private decoderOptimizer(i: number): InnerOptimizer | null {
    const {optimizer} = this.config.decoders;
    if (optimizer === null) return null;
    this.decoderOptimizers[i] ??= innerOptimizer('decoders.optimizer', optimizer);
    return this.decoderOptimizers[i];
  }

  /** W ← (1 − rate · decay) W + ΔW, or the inner optimizer's step along −ΔW in place of ΔW. */
  private applyToPaired(step: TrainingStep, propagation: Propagation, rate: number): void {
    const {online} = this.config;
    if (online !== null) {
      this.applyOnline(step, propagation, rate, online.decay);
      return;
    }
    tf.tidy(() => {
      const totals = totalChanges(step, propagation, rate);
      showTo(step, {gradients: propagation.gradients, changes: totals});
      this.decay(totals, rate);
      if (this.inner === null) {
        for (const {variable, total} of totals) variable.assign(variable.add(total));
      } else {
        this.inner.applyGradients(
          totals.map(({variable, total}) => ({name: variable.name, tensor: total.neg()})),
        );
      }
    });
  }

  /** W ← (1 − rate · decay) W for kernels. */
  private decay(changed: Array<{variable: tf.Variable}>, rate: number): void {
    const {weightDecay} = this.config;
    if (weightDecay === 0) return;
    for (const {variable} of changed) {
      if (isKernel(variable)) variable.assign(variable.mul(1 - rate * weightDecay));
    }
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
        const totals = totalChanges(step, propagation, rate);
        if (t === 0) this.decay(totals, rate);
        for (const {variable, total} of totals) {
          const increment = done.has(variable) ? total.sub(done.get(variable) as tf.Tensor) : total;
          const kept = isKernel(variable) ? variable.mul(1 - decay) : variable;
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

  private learnDecoders({records, config}: TrainingStep): void {
    const {objective, every} = config.decoders;
    if (config.feedback !== 'layerwise' || this.iterations % every !== 0) return;
    const teaching = records.filter(({passesDown, difference}) => passesDown && difference);
    for (const layer of new Set(teaching.map(({layer}) => layer))) {
      const calls = teaching.filter((record) => record.layer === layer);
      const i = this.warm.findIndex((known) => known.layer === layer);
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

/** A decoder that has learned before; the layer of a loaded run is known by its name at first. */
interface WarmDecoder {
  name: string;
  layer: PairedLayer | null;
}

/** Names, and prefixes of the names, of what is saved. */
const COUNT = 'iter';
const WARM = 'warm';
const PAIRED = 'paired/';
const UNPAIRED = 'unpaired/';
const decoderPrefix = (i: number) => `decoders/${i}/`;

function assertState(weights: NamedTensors): void {
  const isOurs = ({name}: {name: string}) =>
    name === COUNT || name === WARM || /^(paired|unpaired|decoders\/\d+)\//.test(name);
  if (weights[0]?.name === COUNT && weights.every(isOurs)) return;
  const names = weights.map(({name}) => `"${name}"`).join(', ');
  throw new Error(
    `DTPOptimizer: setWeights got ${names || 'no tensors'}, expected what getWeights() of a DTPOptimizer ` +
      'gave. State of another optimizer does not fit; start without it.',
  );
}

function isKernel({rank}: tf.Variable): boolean {
  return rank > 1;
}

/** Whether a decoder has not been loaded with its run: it starts at zero, and learning moves it. */
function isBlank({decoder}: PairedLayer): boolean {
  return decoder !== null && sumsOf([decoder.kernel.read().abs()])[0] === 0;
}

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
