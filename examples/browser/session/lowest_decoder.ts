import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

/**
 * A decoder for the layer that the data feed. Training needs none there, as no target goes down to
 * the data; the page needs one to show images.
 *
 * It learns from the layer's inputs and outputs what the optimizer would teach it: a step of the same
 * objective, by the same settings, but never more damped than its signal is strong: targets do well
 * with nearly a transpose, a picture does not. It is linear.
 */
export interface LowestDecoder {
  /** Learns from images x, `[batch, in]`. */
  learn(x: tf.Tensor2D): void;
  /** g(h), `[batch, units]` → `[batch, in]`; the caller's. */
  decode(h: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

export function lowestDecoder(
  layer: dtp.DTPDense,
  {objective, damping, ridge, learningRate, warmupSteps, rule}: DecoderSettings,
  seed: number,
): LowestDecoder {
  const [inputs, units] = layer.matrix().shape;
  let fresh = true;
  let state: dtp.DecoderState = {
    kernel: tf.zeros([units, inputs]),
    bias: tf.zeros([inputs]),
    mobility: tf.ones([inputs]),
    direction: tf.zeros([units, 1]),
  };
  return {
    learn(x) {
      tf.tidy(() => {
        const batch = {
          encoder: layer.matrix(),
          input: x,
          output: layer.preActivation(x),
          // Pixels move freely.
          mobility: tf.ones<tf.Rank.R1>([inputs]),
        };
        const changed = dtp.decoderObjectives[objective](state, batch, {
          damping: Math.min(damping, 1),
          ridge,
          learningRate,
          rule,
          steps: fresh ? warmupSteps : STEPS,
          fresh,
          seed,
        });
        for (const part of Object.keys(changed) as Part[]) {
          const value = changed[part];
          if (part === 'hidden' || value === undefined) continue;
          state[part].dispose();
          state = {...state, [part]: tf.keep(value as tf.Tensor)};
        }
      });
      fresh = false;
    },
    decode: (h) => tf.tidy(() => h.matMul(state.kernel).add(state.bias)),
    dispose: () => tf.dispose(Object.values(state)),
  };
}

/** As `DTPOptimizer.getConfig()` has them. */
export type DecoderSettings = Required<
  Pick<
    NonNullable<dtp.DTPOptimizerConfig['decoders']>,
    'objective' | 'damping' | 'ridge' | 'learningRate' | 'warmupSteps' | 'rule'
  >
>;

type Part = keyof dtp.DecoderState;

/** Steps a lesson, once it is warm. */
const STEPS = 10;
