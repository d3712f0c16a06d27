import * as tf from '@tensorflow/tfjs';

/** `tf.tidy` for a result that is a record of tensors, some of which may be null, or is null itself. */
export function tidyRecord<Result extends object | null>(body: () => Result): Result {
  return tf.tidy(body as unknown as () => tf.TensorContainer) as unknown as Result;
}
