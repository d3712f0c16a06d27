import * as tf from '@tensorflow/tfjs';
import type {InfluenceContext} from '../../src/influence/index';

/** A consumer's numbers, one of each for every example. */
export interface Consumer {
  /** κ_l. */
  gain: number[];
  /** s_l. */
  influence: number[];
  /** ‖d_{l−1}‖² of what it sent down. */
  sent: number[];
}

/** What an influence is told, from plain numbers. */
export function contextOf({
  squaredNorm,
  differenceScale = squaredNorm.map(() => 1),
  output = squaredNorm,
  consumers = [],
  moving = [squaredNorm],
  layers = 1,
}: {
  squaredNorm: number[];
  /** c_l. */
  differenceScale?: number[];
  output?: number[];
  consumers?: Consumer[];
  moving?: number[][];
  layers?: number;
}): InfluenceContext {
  return {
    squaredNorm: tf.tensor1d(squaredNorm),
    differenceScale: () => tf.tensor1d(differenceScale),
    outputSquaredNorm: () => tf.tensor1d(output),
    consumers: consumers.map(({gain, influence, sent}) => ({
      gain: tf.tensor1d(gain),
      influence: tf.tensor1d(influence),
      squaredNorm: tf.tensor1d(sent),
    })),
    movingNorms: () => moving.map((squared) => tf.tensor1d(squared.map(Math.sqrt))),
    layers,
  };
}
