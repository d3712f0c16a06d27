import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import type * as tf from '@tensorflow/tfjs';

/**
 * Keeps a model in one JSON file, for `model.save` and `tf.loadLayersModel` in Node.
 *
 * A save is complete or does not exist: it is written beside the older one, which it then replaces.
 */
export function savedRun(file: string): tf.io.IOHandler {
  return {
    save: async ({weightData, ...artifacts}) => {
      const weights = Buffer.from(weightData as ArrayBuffer).toString('base64');
      writeFileSync(`${file}.partial`, JSON.stringify({...artifacts, weights}));
      renameSync(`${file}.partial`, file);
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    },
    load: async () => {
      const {weights, ...artifacts} = JSON.parse(readFileSync(file, 'utf8'));
      return {...artifacts, weightData: new Uint8Array(Buffer.from(weights, 'base64')).buffer};
    },
  };
}
