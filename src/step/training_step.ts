import * as tf from '@tensorflow/tfjs';
import type {Activation} from '../activations/index';
import type {PassedDown} from '../influence/index';
import type {Approached, Inverted} from '../inversion/iterate';
import type {PairedLayer} from '../layers/paired_layer';
import type {MergeName} from '../merges/index';
import type {ResolvedConfig} from '../optimizer/resolve_config';
import {alias} from '../tensors/alias';
import type {StepObserver} from './step_observer';

/**
 * Where a target arrives during a training step: at a call of a paired layer, or at an arm of a branch,
 * which is to targets a layer whose f is the identity.
 */
export interface TargetPoint {
  /** Whether the optimizer was asked to train weights of its own. */
  readonly trains: boolean;
  /** Ids of the tensors by which the tape knows its input and its pre-activation. */
  readonly tapeIds: {input: number; output: number};

  /** Whether anything below is trained, so that there is a target to pass down. */
  passesDown: boolean;
  /** The next points above, whose targets reach this one. */
  consumers: TargetPoint[];
  /** Whether it reaches the loss over none of them, too. */
  isLast: boolean;
  /** The next points and trained variables below, which its target reaches. */
  origins: ReadonlySet<TargetPoint | tf.Variable>;
  /** d_l = (τ_l − h_l) / c_l, with c_l = 1 unless `scaled`; null where no path leads to the loss. */
  difference: tf.Tensor | null;
  /** log c of what it sent down, `[batch]`; null unless differences are `scaled` (see `scaleDown`). */
  logScaleBelow: tf.Tensor1D | null;
  /** What it sent towards its input, for the influence of the layers below. */
  passed: PassedDown | null;
  /** s_l c_l, how much of `difference` the step takes here, `[batch]`. */
  influence: tf.Tensor1D | null;
}

/** One call of a paired layer during a training step, and what the step finds out about it. */
export interface LayerRecord extends TargetPoint {
  readonly layer: PairedLayer;
  /** x_l, the layer's input: σ(h_{l−1}) or what stock layers made of it. */
  readonly input: tf.Tensor;
  /** h_l, the layer's pre-activation. */
  readonly output: tf.Tensor;
  /** The directly linked layer below, through whose activation f_l reaches; null if there is none. */
  readonly below: DirectLink | null;
  /** Whether nothing but this call builds on the one directly below, so that they may relax together. */
  soleUser: boolean;
  /** What its inversion found, where that is known already, from a run of layers that relaxed together. */
  inverted: Inverted | Approached | null;
  /** What it had found after each iteration; empty without online updates. */
  readonly moments: Moment[];
}

/** A difference d_{l−1} that a call would pass down if its relaxation stopped. */
export interface Moment {
  difference: tf.Tensor;
  passed: PassedDown;
}

/** A layer whose activation is the input of the next: f_l(h_{l−1}) = W_l σ(h_{l−1}) + b_l. */
export interface DirectLink {
  readonly activation: Activation;
  /** h_{l−1}. */
  readonly preActivation: tf.Tensor;
  /** σ'(h_{l−1}), found when it is first asked for; the step's. */
  slope(): tf.Tensor;
  /** The call that computed it. */
  readonly record: LayerRecord;
}

/**
 * A call of a paired layer through whose activation others reach, and the tensor by which the tape
 * knows its pre-activation: h_l itself, or the copy of it on an arm of a branch.
 */
export interface Producer {
  readonly record: LayerRecord;
  readonly tapeOutput: tf.Tensor;
}

/** The regularisers R of the weights of a layer, about (see `penalties`). */
export interface Regularisers {
  /** R. */
  value: number;
  /** κ of R(W + ΔW) ≈ R + ⟨∂R/∂W, ΔW⟩ + ½ κ ‖ΔW‖², of the kernel, then of the bias if there is one. */
  curvatures: number[];
}

/** A point of which the step has found out nothing yet. */
export function newPoint(trains: boolean, input: tf.Tensor, output: tf.Tensor): TargetPoint {
  return {
    trains,
    tapeIds: {input: input.id, output: output.id},
    passesDown: false,
    consumers: [],
    isLast: false,
    origins: new Set(),
    difference: null,
    logScaleBelow: null,
    passed: null,
    influence: null,
  };
}

/** Into how many arms a tensor goes, and how the targets that come back merge. */
export interface Branch {
  readonly branches: number;
  readonly merge: MergeName;
}

/** What `minimize` and the layers share while one step runs. */
export interface TrainingStep {
  readonly config: ResolvedConfig;
  /** How many steps were taken before. */
  readonly iteration: number;
  /** The variables being trained. */
  readonly trained: ReadonlySet<tf.Variable>;
  /** A variable without influence that every trained layer is connected to; see `recordCall`. */
  readonly anchor: tf.Variable;
  /** The calls of paired layers, in the order of the forward pass. */
  readonly records: LayerRecord[];
  /** The arms of branches. */
  readonly arms: TargetPoint[];
  /** By the id of a tensor, the call that returned it: what a directly linked layer receives. */
  readonly producers: Map<number, Producer>;
  /** By a branch and the id of its input, the arms that it has made of that. */
  readonly branched: Map<Branch, Map<number, tf.Tensor[]>>;
  /** By what the tape carries as p, the difference d that was sent as it. */
  readonly sent: Map<tf.Tensor, tf.Tensor>;
  /** ‖d‖² of the differences for which it was asked, `[batch]`. */
  readonly squaredNorms: Map<tf.Tensor, tf.Tensor1D>;
  /** The `measured` influences that were asked for on the way down, of points whose targets above are all there. */
  readonly shares: Map<TargetPoint, tf.Tensor1D>;
  /** ‖W‖² of the kernels for which it was asked, as they were when the step began. */
  readonly kernelNorms: Map<tf.Variable, tf.Scalar>;
  /** ‖W' − W‖ / ‖W‖ of kernels whose value W' is known by its data to have come about by one change. */
  readonly relativeMoves: Map<tf.DataId, number>;
  /** The regularisers of the layers that have any; null until it is asked for them. */
  regularisers: Map<PairedLayer, Regularisers> | null;
  /** p, how evenly the examples share what is wanted of them (see `participation`); 1 until it is known. */
  participation: number;
  /** Brings the decoder of a layer up to date before its first use. */
  readonly prepareDecoder: (record: LayerRecord) => void;
  /** Who looks at the step. */
  readonly observers: readonly StepObserver[];
  /**
   * While set, the tape carries plain gradients through calls and branches, and every call shows what
   * arrives at its pre-activation; see `backPropagate`.
   */
  backPropagated: ((record: LayerRecord, p: tf.Tensor) => void) | null;
  /** Whether the forward pass is over, and every call knows what it feeds; see `linkRecords`. */
  isLinked: boolean;
  /** What went wrong inside the tape, where throwing would leak what the tape holds. */
  failure: Error | null;
  /** Takes a tensor over: it lives until the end of the step. */
  own<T extends tf.Tensor>(tensor: T): T;
  /** A copy of a borrowed tensor, sharing its data, that lives until the end of the step. */
  share<T extends tf.Tensor>(tensor: T): T;
  /** Releases all that the step owns. */
  dispose(): void;
}

/**
 * The slot through which layers find the running step. It is global, not a module variable, so that
 * the ES module and the CommonJS build of this package may be loaded side by side.
 */
const slot = Symbol.for('tfjs-dtp.training-step');
const global = globalThis as {[slot]?: TrainingStep | null};

/** The training step that is running; null outside `DTPOptimizer.minimize`. */
export function currentStep(): TrainingStep | null {
  return global[slot] ?? null;
}

/** Runs `body` with `step` as the current one, the only one, and releases the step's tensors afterwards. */
export function withStep<T>(step: TrainingStep, body: () => T): T {
  global[slot] = step;
  try {
    return body();
  } finally {
    global[slot] = null;
    step.dispose();
  }
}

/** A new step. Its tensors are released by `withStep`. */
export function createStep(
  config: ResolvedConfig,
  trained: ReadonlySet<tf.Variable>,
  prepareDecoder: (record: LayerRecord) => void,
  observers: readonly StepObserver[] = [],
  iteration = 0,
): TrainingStep {
  const anchor = tf.tidy(() => tf.variable(tf.scalar(0)));
  const owned: tf.Tensor[] = [anchor];
  const own = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tf.keep(tensor));
    return tensor;
  };
  return {
    config,
    iteration,
    trained,
    anchor,
    records: [],
    arms: [],
    producers: new Map(),
    branched: new Map(),
    sent: new Map(),
    squaredNorms: new Map(),
    shares: new Map(),
    kernelNorms: new Map(),
    relativeMoves: new Map(),
    regularisers: null,
    participation: 1,
    prepareDecoder,
    observers,
    backPropagated: null,
    isLinked: false,
    failure: null,
    own,
    // Keeping the tensor itself would change what its owner may expect of a tidy.
    share: <T extends tf.Tensor>(tensor: T) => own(alias(tensor)),
    dispose: () => tf.dispose(owned),
  };
}
