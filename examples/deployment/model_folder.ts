import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {InputError} from '../input_error';

const TOPOLOGY = 'model.json';
const WEIGHTS = 'weights.bin';

/**
 * A folder to save a model in and load it from: the two files that TensorFlow.js itself writes, which
 * it lacks in Node without its native backend.
 *
 *     await model.save(modelFolder('out/model'));
 *     const model = await tf.loadLayersModel(modelFolder('out/model'));
 */
export function modelFolder(folder: string): tf.io.IOHandler {
  return {
    save: async (artifacts) => {
      const {weightSpecs = [], weightData = new ArrayBuffer(0), ...rest} = artifacts;
      const weightsManifest = [{paths: [WEIGHTS], weights: weightSpecs}];
      mkdirSync(folder, {recursive: true});
      writeFileSync(join(folder, TOPOLOGY), JSON.stringify({...rest, weightsManifest}));
      const weights = tf.io.CompositeArrayBuffer.join(weightData);
      writeFileSync(join(folder, WEIGHTS), Buffer.from(weights));
      return {modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts)};
    },
    load: async () => {
      const json: tf.io.ModelJSON = JSON.parse(read(folder, TOPOLOGY).toString('utf8'));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => [
        manifest.flatMap(({weights}) => weights),
        Uint8Array.from(read(folder, WEIGHTS)).buffer,
      ]);
    },
  };
}

function read(folder: string, file: string): Buffer {
  try {
    return readFileSync(join(folder, file));
  } catch (error) {
    throw new InputError(
      `${join(folder, file)}: cannot be read (${(error as Error).message}). Give a folder that a ` +
        'model was saved in.',
    );
  }
}
