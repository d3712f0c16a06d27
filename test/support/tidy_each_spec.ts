import * as tf from '@tensorflow/tfjs';

/** Disposes after every spec of this suite the tensors that the spec made. */
export function tidyEachSpec(): void {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
}
