import * as tf from '@tensorflow/tfjs';
import {type DecoderRun, decoderRun} from '../decoders/run';
import type {PairedLayer} from '../layers/paired_layer';
import {show} from '../messages/show';
import type {DiagnosticName} from '../monitor/index';
import {type Observation, observation} from '../monitor/observation';
import {NonFiniteError} from '../step/non_finite_error';
import {snapshot} from '../step/snapshot';
import type {StepObserver} from '../step/step_observer';
import {
  createStep,
  currentStep,
  type LayerRecord,
  type TrainingStep,
  withStep,
} from '../step/training_step';
import {type Propagation, propagate} from '../targets/propagate';
import {constrain} from '../updates/constrain';
import {LOGISTIC_RATE, polyakRate} from '../updates/polyak';
import {applyChanges} from './apply_changes';
import {applyOnline} from './apply_online';
import {checkConfig} from './check_config';
import type {DTPOptimizerConfig, LearningRate} from './config';
import {
  type InnerOptimizer,
  innerOptimizer,
  loadInto,
  type NamedTensors,
  withoutPrefix,
} from './inner_optimizer';
import {ownedTensors} from './owned_tensors';
import {type ResolvedConfig, resolveConfig} from './resolve_config';

/**
 * Trains a model by differential target propagation.                (Bengio 2020, §9, Algorithm)
 *
 *     record   x_l, h_l = f_l(h_{l−1})                      one call of the loss function
 *     target   τ_L = h_L − β ∂L/∂h_L
 *     invert   τ_{l−1} from τ_l through the decoder of l
 *     weigh    s_l, the share of its step that layer l takes
 *     update   ΔW_l moves h_l by (η/β) s_l (τ_l − h_l), η the learning rate
 *     apply    W_l ← W_l + ΔW_l, or a part of it (`bounds`, `clipNorm`); decay and constraints
 *     learn    the decoders, each on its own loss
 *
 * For `model.compile({optimizer: new DTPOptimizer()})`; everything else of training stays as it is.
 * Decoders are weights of their layers, so they are saved and loaded with the model.
 */
export class DTPOptimizer extends tf.Optimizer {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPOptimizer';

  /** How many steps were left out because something was not finite (`onNonFinite: 'skip'`). */
  skippedSteps = 0;

  private readonly config: ResolvedConfig;
  /** That of paired layers and that of all other variables; made when there is a variable for it. */
  private inner: InnerOptimizer | null = null;
  private unpaired: InnerOptimizer | null = null;
  private decoders!: DecoderRun;
  /** The rate of 'polyak'; null until a step has found it. */
  private found: number | null = null;
  /** The layers of the steps so far, all of one model. */
  private readonly met = new Set<PairedLayer>();
  private readonly saved = ownedTensors();
  /** Who asked to look at the next step. */
  private readonly observers: StepObserver[] = [];

  /**
   * @param config Every field is optional.
   * @throws TypeError or RangeError that names the field, its value and what is valid.
   */
  constructor(config: DTPOptimizerConfig = {}) {
    super();
    this.config = resolveConfig(config);
    this.begin();
  }

  /**
   * The learning rate of the next step; with 'polyak' it is 4 until a step has found it.
   *
   * @throws RangeError if its function returns none ≥ 0.
   */
  get learningRate(): number {
    const {learningRate} = this.config;
    if (learningRate === 'polyak') return this.found ?? LOGISTIC_RATE;
    if (typeof learningRate === 'number') return learningRate;
    const rate = learningRate(this.iterations);
    if (Number.isFinite(rate) && rate >= 0) return rate;
    throw new RangeError(
      `DTPOptimizer: learningRate(${this.iterations}) returned ${rate}, expected a number ≥ 0.`,
    );
  }

  /** Changes it, as `setLearningRate` does. @throws RangeError if it is no number ≥ 0. */
  set learningRate(rate: number) {
    this.setLearningRate(rate);
  }

  /**
   * One training step.
   *
   * @param f The loss, a mean over the examples, which are the first axis of what layers get; called
   * exactly once.
   * @param returnCost Whether to return the loss.
   * @param varList The variables to train; all trainable ones if not given.
   * @returns The loss, the caller's to dispose, NaN for a step left out; null if not asked for.
   * @throws Error if nothing is trained, the model has no paired layer or is another one than
   * before, `f` takes a gradient through a paired layer or calls `minimize` itself, or a layer has not the
   * decoder that it needs; TypeError if `f` is no function, or returns no scalar; NonFiniteError that says
   * where, unless these are skipped; RangeError if there are no examples or no valid learning rate, if the
   * decay leaves nothing of kernels, or if the network is too large for an observed `gaussNewton`; what `f`
   * throws. All weights are as before.
   */
  override minimize(
    f: () => tf.Scalar,
    returnCost = false,
    varList: tf.Variable[] = Object.values(tf.engine().registeredVariables),
  ): tf.Scalar | null {
    if (typeof f !== 'function') {
      throw new TypeError(
        `DTPOptimizer: minimize got ${show(f)}, expected a function that computes the loss, such as ` +
          '() => tf.losses.meanSquaredError(y, model.apply(x)).',
      );
    }
    const trained = new Set(varList.filter(({trainable}) => trainable));
    if (trained.size === 0) {
      throw new Error(
        'DTPOptimizer: there is nothing to train, expected at least one trainable weight. Set ' +
          'trainable = true on a layer before model.compile.',
      );
    }
    if (currentStep() !== null) {
      throw new Error(
        'DTPOptimizer: minimize was called within the loss function of another minimize, whose targets ' +
          'would then be of weights that have moved. Take one step after the other.',
      );
    }
    const given = this.rateOfStep(this.learningRate);
    const observers = this.observers.splice(0);
    const prepareDecoder = (record: LayerRecord) => this.decoders.prepare(step, record);
    const step = createStep(this.config, trained, prepareDecoder, observers, this.iterations);
    return withStep(step, () => {
      // Online updates and decoders may fail after weights have moved.
      const before = snapshot(Object.values(tf.engine().registeredVariables));
      const undos = this.marks();
      try {
        const propagation = propagate(step, f);
        this.assertSameModel(step);
        const found = this.isSought() ? polyakRate(step, propagation) : null;
        const rate = found === null ? given : this.rateOfStep(found);
        const {online} = this.config;
        if (online === null) applyChanges(step, propagation, rate, this.pairedOptimizer());
        else applyOnline(step, propagation, rate, online.decay);
        this.applyToOthers(step, propagation);
        constrain(step);
        this.decoders.learn(step, before);
        for (const {layer} of step.records) this.met.add(layer);
        this.found ??= found;
        this.incrementIterations();
        return returnCost ? propagation.loss.clone() : null;
      } catch (error) {
        before.restore();
        for (const undo of undos) undo();
        for (const observer of observers) observer.undone?.();
        if (!(error instanceof NonFiniteError)) throw error;
        return this.leaveOut(error, returnCost);
      } finally {
        before.dispose();
      }
    });
  }

  /**
   * Measures diagnostics of the next step, whether `minimize`, `trainOnBatch` or `fit` takes it.
   * The step itself stays as it is, to the last bit; other steps cost nothing.
   *
   * @example
   * const observed = optimizer.observe(['influence', 'angle']);
   * await model.trainOnBatch(x, y);
   * console.log(observed.diagnostics);
   * @param names Some of `dtp.diagnostics`; by default those that cost little.
   * @returns Where to read them, as plain JSON, once the step is done.
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

  /**
   * Changes the learning rate from the next step on.
   *
   * @param learningRate As in the configuration; 'polyak' is found anew, by the next step.
   * @throws TypeError or RangeError if it is none of these.
   */
  setLearningRate(learningRate: LearningRate): void {
    if (learningRate === undefined) {
      throw new TypeError(
        'DTPOptimizer: setLearningRate got undefined, expected a number ≥ 0, a function of the step ' +
          "that returns one, or 'polyak'.",
      );
    }
    checkConfig({learningRate});
    this.config.learningRate = learningRate;
    this.found = null;
  }

  /**
   * A copy of the whole configuration as plain JSON, a learning-rate function as its present value.
   *
   * @throws RangeError if that function returns none ≥ 0.
   */
  override getConfig(): tf.serialization.ConfigDict {
    const {learningRate} = this.config;
    // A function is not JSON: what can be saved of a schedule is its present value.
    const saved = typeof learningRate === 'function' ? this.learningRate : learningRate;
    return JSON.parse(JSON.stringify({...this.config, learningRate: saved}));
  }

  /** For tfjs's loading of saved models. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    optimizerClass: tf.serialization.SerializableConstructor<T>,
    {customObjects: _, ...config}: tf.serialization.ConfigDict,
  ): T {
    // tfjs puts an entry of its own into every configuration that it reads.
    return new optimizerClass(config);
  }

  /**
   * The state of the run, for tfjs's saving of models: the step count, that of the inner optimizers, which
   * decoders have learned, and the learning rate that was found.
   *
   * @returns Named tensors, in the order that `setWeights` takes: the optimizer's own, which later steps and calls
   * bring up to date.
   */
  override async getWeights(): Promise<NamedTensors> {
    // A save keeps tensors by name, and every optimizer calls its count of steps 'iter'.
    const named = async (prefix: string, part: Saved | null) =>
      ((await part?.getWeights()) ?? []).map(({name, tensor}) => ({name: prefix + name, tensor}));
    return this.saved.own([
      await this.saveIterations(),
      ...(await named(PAIRED, this.inner)),
      ...(await named(UNPAIRED, this.unpaired)),
      ...(await named(DECODERS, this.decoders)),
      ...(this.found === null ? [] : [{name: RATE, tensor: tf.scalar(this.found)}]),
    ]);
  }

  /**
   * For tfjs's loading of saved models: takes over the state of a run, in place of its own.
   *
   * @param weights What `getWeights` gave; borrowed.
   * @throws Error if the tensors are not those of a DTPOptimizer, or are of an inner optimizer that this one has not,
   * or has of another class; its state is as before.
   */
  override async setWeights(weights: NamedTensors): Promise<void> {
    assertState(weights);
    const {inner, unpaired, decoders, found} = this;
    const met = [...this.met];
    this.begin();
    try {
      const load = (role: string, optimizer: () => InnerOptimizer | null, prefix: string) =>
        loadInto(role, optimizer, withoutPrefix(prefix, weights));
      await load('optimizer', () => this.pairedOptimizer(), PAIRED);
      await load('unpairedOptimizer', () => this.unpairedOptimizer(), UNPAIRED);
      await this.decoders.setWeights(withoutPrefix(DECODERS, weights));
    } catch (error) {
      this.release();
      Object.assign(this, {inner, unpaired, decoders, found});
      for (const layer of met) this.met.add(layer);
      throw error;
    }
    for (const former of [inner, unpaired, decoders]) former?.dispose();
    const rate = weights.find(({name}) => name === RATE);
    this.found = rate === undefined ? null : (await rate.tensor.data())[0];
    await this.extractIterations(weights);
  }

  /** Releases the state of the run; the weights of the model stay. Another step would begin a new run. */
  override dispose(): void {
    this.release();
    this.saved.dispose();
    this.begin();
    this.iterations_ = 0;
    this.skippedSteps = 0;
  }

  private release(): void {
    this.inner?.dispose();
    this.unpaired?.dispose();
    this.decoders.dispose();
  }

  /** Begins a run without any state. */
  private begin(): void {
    this.met.clear();
    this.inner = null;
    this.unpaired = null;
    this.decoders = decoderRun(this.config);
    this.found = null;
  }

  /** Functions that bring the state of the run back to what it is now, without the variables it has now. */
  private marks(): Array<() => void> {
    const {inner, unpaired, decoders} = this;
    const forget = (made: 'inner' | 'unpaired') => () => {
      this[made]?.dispose();
      this[made] = null;
    };
    return [
      decoders.mark(),
      inner?.mark() ?? forget('inner'),
      unpaired?.mark() ?? forget('unpaired'),
    ];
  }

  private pairedOptimizer(): InnerOptimizer | null {
    const {optimizer} = this.config;
    this.inner ??= optimizer && innerOptimizer('optimizer', optimizer);
    return this.inner;
  }

  private unpairedOptimizer(): InnerOptimizer {
    this.unpaired ??= innerOptimizer('unpairedOptimizer', this.config.unpairedOptimizer);
    return this.unpaired;
  }

  /** Whether the next step is to find its learning rate. */
  private isSought(): boolean {
    return this.config.learningRate === 'polyak' && this.found === null;
  }

  /** The learning rate of a step, at which kernels may decay. */
  private rateOfStep(rate: number): number {
    const {weightDecay} = this.config;
    if (rate * weightDecay < 1) return rate;
    throw new RangeError(
      `DTPOptimizer: weightDecay is ${weightDecay} at a learning rate of ${rate}, which leaves 1 − ` +
        `${rate * weightDecay} of every kernel, expected more than nothing. Lower one of them.`,
    );
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

  /** The ordinary gradient step for all variables outside paired layers. */
  private applyToOthers(step: TrainingStep, {gradients}: Propagation): void {
    const paired = new Set(
      step.records.flatMap(({layer}) => layer.parameters().map((weight) => weight.read())),
    );
    // What the loss does not reach may be any variable of the process: it gets no state of an optimizer.
    const others = [...step.trained]
      .filter((variable) => !paired.has(variable))
      .flatMap(({name}) => {
        const tensor = gradients[name];
        return tensor == null ? [] : [{name, tensor}];
      });
    if (others.length > 0) this.unpairedOptimizer().applyGradients(others);
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

/** A part of the optimizer with state of its own. */
type Saved = Pick<InnerOptimizer, 'getWeights'>;

/** Names of the count of steps and of a rate that was found, and prefixes of the names of what else is saved. */
const COUNT = 'iter';
const PAIRED = 'paired/';
const UNPAIRED = 'unpaired/';
const DECODERS = 'decoders/';
const RATE = 'rate';

function assertState(weights: NamedTensors): void {
  if (!Array.isArray(weights)) {
    throw new TypeError(
      `DTPOptimizer: setWeights got ${show(weights)}, expected the list that getWeights() gives. ` +
        'Await it: await optimizer.setWeights(await other.getWeights()).',
    );
  }
  const isOurs = ({name}: {name: string}) =>
    name === COUNT ||
    name === RATE ||
    [PAIRED, UNPAIRED, DECODERS].some((prefix) => name.startsWith(prefix));
  if (weights[0]?.name === COUNT && weights.every(isOurs)) return;
  const names = weights.map((weight) => show(weight?.name ?? weight)).join(', ');
  throw new Error(
    `DTPOptimizer: setWeights got ${names || 'no tensors'}, expected what getWeights() of a DTPOptimizer ` +
      'gave. State of another optimizer does not fit; start without it.',
  );
}
