import type {Diagnostic} from './index';
import {relativeNorms} from './relative_norms';

/**
 * What `reconstruction` measures of a call: relative errors ≥ 0, null where nothing was inverted.
 */
export interface ReconstructionErrors {
  /** ‖g(f(x)) − x‖ / ‖x‖, of what the decoder reconstructs: x_l, or h_{l−1}. */
  input: number | null;
  /** ‖f(g(h)) − h‖ / ‖h‖. */
  output: number | null;
}

/**
 * How far a layer and its decoder are from inverse to each other, at the activations of the batch.
 *
 *     ‖g_l(h_l) − x_l‖ / ‖x_l‖,   ‖f_l(g_l(h_l)) − h_l‖ / ‖h_l‖            (Bengio 2020, §2, §10.2)
 *
 * Norms over the whole batch. Null where the step passed no target through the decoder. Decoders
 * that learn from perturbations invert changes, not activations: for these `inversion` says more.
 */
export const reconstruction: Diagnostic<ReconstructionErrors> =
  () =>
  ({layer, input, output, below, inverted}) => {
    if (inverted === null) return {input: null, output: null};
    const reconstructed = layer.decode(output, input.shape);
    const toPreActivation = below !== null && layer.decoder?.reconstructs === 'preActivation';
    const known = toPreActivation ? below.preActivation : input;
    const x = toPreActivation ? below.record.layer.activation.apply(reconstructed) : reconstructed;
    const [ofInput, ofOutput] = relativeNorms([
      [reconstructed.sub(known), known],
      [layer.preActivation(x).sub(output), output],
    ]);
    return {input: ofInput, output: ofOutput};
  };
