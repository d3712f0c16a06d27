import * as tf from '@tensorflow/tfjs';
import {InputError} from '../input_error';

/** Makes a backend the current one. @throws InputError if this machine does not have it. */
export async function startBackend(backend: string): Promise<void> {
  if (await tf.setBackend(backend)) return;
  throw new InputError(`--backend ${backend}: does not start on this machine. Try another one.`);
}
