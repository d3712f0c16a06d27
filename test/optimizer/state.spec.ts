import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';

const name = 'stock layers in between';

async function train(model: tf.LayersModel, steps: number): Promise<void> {
  const batch = data(architectures[name], 8);
  for (let step = 0; step < steps; step++) await model.trainOnBatch(batch.x, batch.y);
}

/** A save with the optimizer, loaded again as another program would. */
async function reloaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
  });
  await model.save(handler, {includeOptimizer: true});
  return tf.loadLayersModel(tf.io.fromMemory(saved));
}

const valuesOf = (model: tf.LayersModel) =>
  model.getWeights().map((weight) => Array.from(weight.dataSync()));

/** The model with decoders of one architecture, and random weights. */
function withDecoders(decoder: dtp.DecoderArgs): tf.LayersModel {
  return architectures[name].build(
    (args) => dtp.layers.dense({...args, decoder}),
    (x, branches) => dtp.layers.branch({branches}).apply(x),
  );
}

const noise = {input: 0.1, output: 0.1};

const ADAM = {
  className: 'Adam',
  config: {learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7},
};

describe('the state of DTPOptimizer', () => {
  for (const [what, config] of Object.entries<dtp.DTPOptimizerConfig>({
    'by default': {},
    'with momentum inside': {
      optimizer: {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.9}},
    },
    'with autoencoder decoders': {decoders: {objective: 'autoencoder', every: 2}},
    'with noise for the decoders': {decoders: {objective: 'both', noise, every: 1}},
    'with Adam for the decoders': {
      decoders: {optimizer: ADAM, warmupSteps: 5, every: 1},
    },
  })) {
    it(`continues a saved run exactly as the uninterrupted one, ${what}`, async () => {
      const [, model] = stockAndPaired(architectures[name]);
      model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
      await train(model, 3);
      const resumed = await reloaded(model);
      expect(resumed.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
      await train(model, 3);
      await train(resumed, 3);
      expect(valuesOf(resumed)).toEqual(valuesOf(model));
    });
  }

  for (const architecture of ['mirror', 'mlp'] as const) {
    for (const optimizer of [null, ADAM]) {
      const by = optimizer === null ? 'the Gram step' : 'Adam';
      it(`continues with decoders that sample, exactly: ${architecture} by ${by}`, async () => {
        const model = withDecoders({architecture});
        const decoders = {optimizer, warmupSteps: 5, every: 1};
        model.compile({optimizer: new dtp.DTPOptimizer({decoders}), loss: 'meanSquaredError'});
        await train(model, 3);
        const resumed = await reloaded(model);
        await train(model, 3);
        await train(resumed, 3);
        expect(valuesOf(resumed)).toEqual(valuesOf(model));
      });
    }
  }
});
