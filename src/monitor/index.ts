import type * as tf from '@tensorflow/tfjs';
import {show} from '../messages/show';
import type {Determined} from '../step/step_observer';
import type {LayerRecord, TrainingStep} from '../step/training_step';
import {angle, type GradientAngles} from './angle';
import {type GaussNewtonErrors, gaussNewton} from './gauss_newton';
import {type InfluenceStatistics, influence} from './influence';
import {type InversionProgress, inversion} from './inversion';
import {type ReconstructionErrors, reconstruction} from './reconstruction';
import {type TargetSize, target} from './target';

/**
 * Something to measure of every call of a paired layer in a step.
 *
 * It is given the step after its forward pass, while the tape is held, for what must be computed
 * there; and returns what measures a call once all targets are known. Both run within `tf.tidy` and
 * change nothing. What they return is plain JSON, whose numbers become columns of the monitor.
 */
export type Diagnostic<Measures> = (
  step: TrainingStep,
  loss: tf.Scalar,
) => (record: LayerRecord, determined: Determined) => Measures;

/** The diagnostics that `Monitor` and `DTPOptimizer.observe` choose from. */
export const diagnostics = {reconstruction, inversion, influence, target, angle, gaussNewton};

/** The name of a diagnostic: a key of {@link diagnostics}. */
export type DiagnosticName = keyof typeof diagnostics;

/** Those that cost a few products with the layer's weights at most. */
export const cheapDiagnostics: readonly DiagnosticName[] = [
  'reconstruction',
  'inversion',
  'influence',
  'target',
];

/**
 * What was measured of one call of a paired layer, as plain JSON; what was not asked for is
 * missing.
 */
export interface CallDiagnostics {
  /** The name of the layer. */
  layer: string;
  /** Which of the calls of layers of this name in the step it is, from 0. */
  call: number;
  /** How far f and g are from inverse to each other. */
  reconstruction?: ReconstructionErrors;
  /** How far the inversion came, and how fast. */
  inversion?: InversionProgress;
  /** s_l over the examples. */
  influence?: InfluenceStatistics;
  /** How large the target difference is. */
  target?: TargetSize;
  /** How far the step is from gradient descent. */
  angle?: GradientAngles;
  /** How far the target is from the exact Gauss–Newton step. */
  gaussNewton?: GaussNewtonErrors;
}

/**
 * Checks the names of diagnostics.
 *
 * @throws RangeError that says who got which, and the valid ones.
 */
export function assertDiagnosticNames(who: string, names: unknown): void {
  const valid = Object.keys(diagnostics);
  if (Array.isArray(names) && names.every((name) => valid.includes(name))) return;
  throw new RangeError(
    `${who}: diagnostics is ${show(names)}, expected a list of some of ` +
      `${valid.map((name) => `'${name}'`).join(', ')}.`,
  );
}
