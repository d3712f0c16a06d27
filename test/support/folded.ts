import * as tf from '@tensorflow/tfjs';

/** Makes every entry of the second axis an example of its own, or as many of them one again. */
export class Folded extends tf.layers.Layer {
  static readonly className = 'Folded';

  /** @param shape Of an example. */
  constructor(private readonly shape: number[]) {
    super({});
  }

  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.tidy(() => [inputs].flat()[0].reshape([-1, ...this.shape]));
  }

  override computeOutputShape() {
    return [null, ...this.shape];
  }
}
