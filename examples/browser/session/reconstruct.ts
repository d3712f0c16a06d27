import * as tf from '@tensorflow/tfjs';
import type {DTPDense} from 'tfjs-dtp';
import type {ActivationName} from '../../compare/networks';
import type {ImageRow} from '../shared/run_record';
import type {LowestDecoder} from './lowest_decoder';

/**
 * What the stack of decoders makes of images, from every layer.
 *
 *     x → h_1 → … → h_l,   ĥ_l = h_l,   ĥ_{k−1} = σ⁻¹(g_k(ĥ_k)) + m_{k−1},   x̂ = g_1(ĥ_1)
 *
 * A decoder reconstructs its layer's input x_k = σ(h_{k−1}), and the next one takes h_{k−1}, so that σ is
 * inverted in between, as far as it can be (`inverses`). What it has cut off is put back at its mean over
 * the images: m = mean (h − σ⁻¹(σ(h))). A mirror decoder reconstructs h_{k−1} itself.
 *
 * @param layers Dense layers, each the input of the next.
 * @param lowest Decodes the first of them.
 * @param x `[count, pixels]`.
 * @returns The images, then a row for every layer from below.
 */
export function reconstruct(layers: DTPDense[], lowest: LowestDecoder, x: tf.Tensor2D): ImageRow[] {
  const rows: ImageRow[] = [];
  tf.tidy(() => {
    rows.push({label: 'Input', pixels: Array.from(x.dataSync()), error: null});
    const passed: Passed[] = [];
    let activation: tf.Tensor = x;
    for (const layer of layers) {
      const h = layer.preActivation(activation);
      activation = layer.activation.apply(h);
      passed.push({layer, h, activation});
      const image = down(passed, lowest);
      rows.push({
        label: `From layer ${passed.length}`,
        pixels: Array.from(image.dataSync()),
        error: image.sub(x).square().mean().dataSync()[0],
      });
    }
  });
  return rows;
}

/** A layer with its pre-activation h and σ(h). */
interface Passed {
  layer: DTPDense;
  h: tf.Tensor;
  activation: tf.Tensor;
}

function down(passed: Passed[], lowest: LowestDecoder): tf.Tensor2D {
  let h = passed[passed.length - 1].h;
  for (let k = passed.length - 1; k > 0; k--) {
    const {layer} = passed[k];
    const decoded = layer.decode(h);
    h = layer.decoder?.reconstructs === 'preActivation' ? decoded : before(passed[k - 1], decoded);
  }
  return lowest.decode(h as tf.Tensor2D);
}

/** The pre-activation of a layer, from what is thought to be its activation. */
function before({layer, h, activation}: Passed, decoded: tf.Tensor): tf.Tensor {
  const inverse = inverseOf(layer.activation.getClassName());
  const cutOff = h.sub(inverse(activation)).mean(0, true);
  return inverse(decoded).add(cutOff);
}

type Inverse = (y: tf.Tensor) => tf.Tensor;

/** σ⁻¹ within the range of σ, or within most of it, where it is steep at the ends. */
const inverses: Record<ActivationName, Inverse> = {
  linear: (y) => y,
  relu: (y) => y.relu(),
  relu6: (y) => y.clipByValue(0, 6),
  tanh: (y) => y.clipByValue(-0.99, 0.99).atanh(),
  sigmoid: (y) => logit(y.clipByValue(0.01, 0.99)),
  hardSigmoid: (y) => y.clipByValue(0, 1).sub(0.5).div(0.2),
  elu: (y) => tf.where(y.greater(0), y, y.clipByValue(-0.99, 0).log1p()),
  softplus: (y) => y.maximum(0.01).expm1().log(),
};

function logit(y: tf.Tensor): tf.Tensor {
  return y.div(y.neg().add(1)).log();
}

function inverseOf(activation: string): Inverse {
  const inverse = inverses[activation as ActivationName];
  if (inverse !== undefined) return inverse;
  throw new Error(
    `reconstruct: there is no inverse of "${activation}", expected one in its table.`,
  );
}
