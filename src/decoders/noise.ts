import * as tf from '@tensorflow/tfjs';

/** Draws standard normal noise like a tensor: every call of one `Draw` draws anew. */
export type Draw = (like: tf.Tensor) => tf.Tensor;

/** A draw that is the same for the same numbers: a run is repeated, or resumed, to the last bit. */
export function drawFrom(...numbers: number[]): Draw {
  let count = 0;
  // tfjs takes seed 0 for none.
  return ({shape}) => tf.randomNormal(shape, 0, 1, 'float32', mixed(...numbers, count++) + 0.5);
}

/** One whole number from several, by multiplying and shifting: near ones have nothing in common. */
export function mixed(...numbers: number[]): number {
  return numbers.reduce((mix, number) => {
    const bits = Math.imul(mix ^ number, 0x9e3779b1);
    return Math.imul(bits ^ (bits >>> 15), 0x85ebca6b) ^ (bits >>> 13);
  }, numbers.length);
}

/** Activations with noise of a standard deviation relative to their root mean square. */
export function withNoise(activations: tf.Tensor, deviation: number, draw: Draw): tf.Tensor {
  if (deviation === 0) return activations;
  const size = activations.square().mean().sqrt().mul(deviation);
  return activations.add(draw(activations).mul(size));
}
