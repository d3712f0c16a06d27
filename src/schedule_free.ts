import * as tf from '@tensorflow/tfjs';
import {assertFields} from './messages/assert_fields';
import {show} from './messages/show';
import type {NamedTensors} from './optimizer/inner_optimizer';

/** The settings of `ScheduleFreeSGD`. */
export interface ScheduleFreeConfig {
  /** γ, times each gradient. Above 0. @defaultValue 1; for gradients that are whole steps */
  learningRate?: number;
  /** b, where between z and its mean the weights are. In [0, 1]. @defaultValue 0.9 */
  momentum?: number;
  /**
   * p: the mean is over z_1, z_2, … with weights that grow like t^p, so over about the last part
   * 1 / (p + 1) of the run so far. ≥ 0; 0 weighs all alike. @defaultValue 8
   */
  power?: number;
}

/**
 * Gradient descent at a constant rate whose weights settle as under a falling one, whatever the
 * length of the run.
 *
 *     z_t = z_{t−1} − γ g(y_{t−1}),   x_t = (1 − c_t) x_{t−1} + c_t z_t,   c_t = (p + 1) / (t + p)
 *     y_t = (1 − b) z_t + b x_t                                  the weights of the model
 *
 * A constant rate leaves weights where the noise of mini-batches tosses them, when a model cannot
 * fit every example, as autoencoders cannot; their mean x does not have that noise. For the
 * `optimizer` of `DTPOptimizer`, which hands over −ΔW as g; also an ordinary `tf.Optimizer`. It
 * keeps one tensor of the size of each weight. b = 0 is plain gradient descent.
 *
 *     new dtp.DTPOptimizer({learningRate: 0.3, optimizer: new dtp.ScheduleFreeSGD()})
 *
 * (Defazio et al. 2024, "The Road Less Scheduled"; the weights of the mean are those of Shamir and
 * Zhang 2013. Not in Bengio 2020, which leaves the rate open.)
 *
 * @throws TypeError for a field that does not exist, RangeError for a value out of its range.
 */
export class ScheduleFreeSGD extends tf.Optimizer {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'ScheduleFreeSGD';

  private readonly config: Required<ScheduleFreeConfig>;
  /** z of each variable, in the order in which they first came. */
  private iterates: tf.Variable[] = [];
  /** The names of these variables; those of a loaded run are known once they have come. */
  private names: string[] = [];

  /** @param config Every field is optional. */
  constructor(config: ScheduleFreeConfig = {}) {
    super();
    assertFields('ScheduleFreeSGD', 'the configuration', config, Object.keys(ranges));
    this.config = {
      learningRate: config.learningRate ?? 1,
      momentum: config.momentum ?? 0.9,
      power: config.power ?? 8,
    };
    for (const [field, {valid, accepts}] of Object.entries(ranges)) {
      const value = this.config[field as keyof ScheduleFreeConfig];
      if (Number.isFinite(value) && accepts(value)) continue;
      throw new RangeError(
        `ScheduleFreeSGD: ${field} is ${show(value)}, expected a number ${valid}.`,
      );
    }
  }

  /**
   * One step along gradients; a variable without one stays where it is. The tensors are borrowed.
   */
  override applyGradients(gradients: tf.NamedTensorMap | NamedTensors): void {
    const {learningRate, momentum, power} = this.config;
    const c = (power + 1) / (this.iterations + 1 + power);
    const list = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({name, tensor}));
    for (const [i, {name, tensor}] of list.entries()) {
      const y = tf.engine().registeredVariables[name];
      const place = this.placeOf(name, i);
      this.iterates[place] ??= tf.tidy(() => y.clone().variable(false));
      if (tensor == null) continue;
      const z = this.iterates[place];
      tf.tidy(() => {
        const next = z.sub(tensor.mul(learningRate));
        // y without its part of z is b x.
        const mean = y.sub(z.mul(1 - momentum)).mul(1 - c);
        y.assign(mean.add(next.mul(1 - momentum * (1 - c))));
        z.assign(next);
      });
    }
    this.incrementIterations();
  }

  /** Where z of a variable is: where others are left out, as frozen ones, the list of gradients has it elsewhere. */
  private placeOf(name: string, inList: number): number {
    const known = name === '' ? -1 : this.names.indexOf(name);
    if (known !== -1) return known;
    // DTPOptimizer keeps the places of variables that have not come yet, without a name.
    const place = this.names[inList] ? this.names.length : inList;
    this.names[place] = name;
    return place;
  }

  override dispose(): void {
    super.dispose();
    tf.dispose(this.iterates);
  }

  /** For tfjs's saving of models: the state of the run, as named tensors. */
  override async getWeights(): Promise<NamedTensors> {
    const iterates = this.iterates.map((tensor, i) => ({name: `iterate_${i}`, tensor}));
    return [await this.saveIterations(), ...iterates];
  }

  /** For tfjs's loading of saved models: takes over what `getWeights` gave. */
  override async setWeights(weights: NamedTensors): Promise<void> {
    const iterates = await this.extractIterations(weights);
    tf.dispose(this.iterates);
    this.names = [];
    this.iterates = tf.tidy(() => iterates.map(({tensor}) => tensor.clone().variable(false)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...this.config};
  }

  /** For tfjs's loading of saved models. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    optimizerClass: tf.serialization.SerializableConstructor<T>,
    {customObjects: _, ...config}: tf.serialization.ConfigDict,
  ): T {
    return new optimizerClass(config);
  }
}

tf.serialization.registerClass(ScheduleFreeSGD);

const ranges: Record<
  keyof ScheduleFreeConfig,
  {valid: string; accepts: (value: number) => boolean}
> = {
  learningRate: {valid: 'above 0', accepts: (value) => value > 0},
  momentum: {valid: 'in [0, 1]', accepts: (value) => value >= 0 && value <= 1},
  power: {valid: '≥ 0', accepts: (value) => value >= 0},
};
