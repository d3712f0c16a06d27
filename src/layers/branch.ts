import * as tf from '@tensorflow/tfjs';
import {defaultMerge, type MergeName, merges} from '../merges/index';
import {show} from '../messages/show';
import {recordBranch} from '../step/record_branch';
import {currentStep} from '../step/training_step';
import {assertOwnTensors} from './own_tensors';

/** The arguments of a branch: those of any layer of tfjs, and how many ways there are. */
export type DTPBranchArgs = ConstructorParameters<typeof tf.layers.Layer>[0] & {
  /** How many ways the input goes; a whole number ≥ 2. */
  branches: number;
  /** How the targets that come back become one; one of `dtp.merges`. @defaultValue 'measured' */
  merge?: MergeName;
};

type Inputs = Parameters<tf.layers.Layer['apply']>[0];
type Kwargs = Parameters<tf.layers.Layer['call']>[1];

/**
 * Marks where a model goes several ways, as for a skip connection: one input, `branches` outputs,
 * each the identity.
 *
 *     y_i = x;    τ_A − h_A = Σ_i w_i (τ_iA − h_A)                    (Bengio 2020, §10.3)
 *
 * x and every y_i `[batch, ...]`. The targets that come back over the arms are merged for each
 * example. Without `DTPOptimizer`, gradients add up as for a tensor that is used several times.
 *
 * @throws RangeError if it is applied to several inputs.
 */
export class DTPBranch extends tf.layers.Layer {
  /** The name by which tfjs saves and loads it. */
  static readonly className = 'DTPBranch';

  /** Into how many ways the input goes. */
  readonly branches: number;
  /** The rule by which targets that come back merge. */
  readonly merge: MergeName;

  /**
   * @param args The number of branches, the merge, and tfjs's own arguments of a layer.
   * @throws RangeError if `branches` or `merge` is not valid; TypeError for a `decoder`.
   */
  constructor({branches, merge = defaultMerge, ...args}: DTPBranchArgs) {
    super(args);
    if ('decoder' in args) {
      throw new TypeError(
        `DTPBranch "${this.name}": has no field "decoder", as a branch has no weights to invert. ` +
          'Leave it out, and give it to a layer such as dtp.layers.dense.',
      );
    }
    if (!Number.isInteger(branches) || branches < 2) {
      throw new RangeError(
        `DTPBranch "${this.name}": branches is ${show(branches)}, expected a whole ` +
          'number ≥ 2. Give the number of ways that the input goes.',
      );
    }
    if (!Object.hasOwn(merges, merge)) {
      throw new RangeError(
        `DTPBranch "${this.name}": merge is ${show(merge)}, expected one of ` +
          `${Object.keys(merges).join(', ')}.`,
      );
    }
    this.branches = branches;
    this.merge = merge;
    this.supportsMasking = true;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    if (Array.isArray(inputShape[0])) {
      throw new RangeError(
        `DTPBranch "${this.name}": applied to ${inputShape.length} inputs, expected one. Make a ` +
          'branch for each, or join them before it (tf.layers.concatenate).',
      );
    }
    super.build(inputShape);
  }

  /**
   * Applies the branch while a model is built.
   *
   * @param input x, `[batch, ...]`.
   * @param kwargs As tfjs's layers take them; not used.
   * @returns As many as `branches`, each the identity of the input.
   * @throws Error if the input is of another copy of TensorFlow.js; RangeError if there are
   * several.
   */
  override apply(input: tf.SymbolicTensor, kwargs?: Kwargs): tf.SymbolicTensor[];
  /** The same of a tensor; the results are the caller's to dispose. */
  override apply(input: tf.Tensor, kwargs?: Kwargs): tf.Tensor[];
  /** The same of what is not known to be either. */
  override apply(inputs: Inputs, kwargs?: Kwargs): tf.Tensor[] | tf.SymbolicTensor[];
  override apply(inputs: Inputs, kwargs?: Kwargs) {
    assertOwnTensors(`DTPBranch "${this.name}"`, inputs);
    return super.apply(inputs, kwargs) as tf.Tensor[] | tf.SymbolicTensor[];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Kwargs): tf.Tensor[] {
    this.invokeCallHook(inputs, kwargs);
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const step = currentStep();
    if (step === null) return this.perBranch(() => x.clone());
    return recordBranch(step, this, x);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape[] {
    return this.perBranch(() => inputShape as tf.Shape);
  }

  override computeMask(_inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]) {
    return this.perBranch(() => (Array.isArray(mask) ? mask[0] : mask)) as unknown as tf.Tensor;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), branches: this.branches, merge: this.merge};
  }

  private perBranch<T>(output: () => T): T[] {
    return Array.from({length: this.branches}, output);
  }
}
