import {readFileSync} from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {modelFolder} from '../../examples/deployment/model_folder';
import {temporaryFolder} from '../support/temporary_folder';

/** The classes of Keras that the models below are to be made of, there. */
const keras = [
  'Sequential',
  'Functional',
  'Model',
  'InputLayer',
  'Dense',
  'Conv2D',
  'Flatten',
  'Add',
];

const models: Record<string, () => tf.LayersModel> = {
  'a sequential model': () =>
    tf.sequential({
      layers: [
        tf.layers.dense({units: 4, activation: 'relu', inputShape: [3]}),
        tf.layers.dense({units: 2, activation: 'softmax'}),
      ],
    }),
  convolutions: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({filters: 3, kernelSize: 2, inputShape: [4, 4, 1]}),
        tf.layers.flatten(),
        tf.layers.dense({units: 2}),
      ],
    }),
  'a skip connection': () => {
    const input = tf.input({shape: [3]});
    const first = tf.layers.dense({units: 4}).apply(input) as tf.SymbolicTensor;
    const second = tf.layers.dense({units: 4}).apply(first) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([first, second]) as tf.SymbolicTensor;
    const output = tf.layers.dense({units: 2}).apply(sum) as tf.SymbolicTensor;
    return tf.model({inputs: input, outputs: output});
  },
};

for (const [name, build] of Object.entries(models)) {
  describe(`For Python, ${name} that was trained and reverted`, () => {
    let folder: string;
    let plain: tf.LayersModel;
    let x: tf.Tensor;
    // biome-ignore lint/suspicious/noExplicitAny: it is JSON of another program's format.
    let json: any;

    beforeEach(async () => {
      folder = temporaryFolder('to_python');
      const model = dtp.convert(build());
      model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
      const [, ...shape] = model.inputs[0].shape as number[];
      x = tf.randomUniform([8, ...shape], 0, 1, 'float32', 1);
      await model.trainOnBatch(x, tf.ones([8, 2]));
      plain = dtp.revert(model);
      await plain.save(modelFolder(folder));
      json = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8'));
    });

    it('is a layers model of classes that Keras has, in its notation', () => {
      expect(json.format).toBe('layers-model');
      const classes = fieldsOf(json.modelTopology, 'class_name');
      const layers = fieldsOf(json.modelTopology, 'layers')[0] as Array<{class_name: string}>;
      for (const {class_name} of layers) expect(keras).toContain(class_name);
      expect(keras).toContain(classes[0] as string);
      const fields = JSON.stringify(json.modelTopology);
      expect(fields).toContain('"kernel_initializer"');
      expect(fields).not.toMatch(/DTP|decoder|kernelInitializer/);
    });

    it('has every weight once, by its name in Keras, and as many bytes as they take', () => {
      const [{paths, weights}, ...more] = json.weightsManifest;
      expect(more).toEqual([]);
      const layers = plain.layers.filter(({weights}) => weights.length > 0);
      const expected = layers.flatMap((layer) =>
        layer.weights.map(({shape}, i) => ({
          name: `${layer.name}/${['kernel', 'bias'][i]}`,
          shape,
          dtype: 'float32',
        })),
      );
      expect(weights).toEqual(expected);
      const size = expected.reduce(
        (sum, {shape}) => sum + 4 * tf.util.sizeFromShape(shape as number[]),
        0,
      );
      expect(paths).toEqual(['weights.bin']);
      expect(readFileSync(path.join(folder, paths[0])).length).toBe(size);
    });

    it('predicts the same, to the last bit, when it is loaded', async () => {
      const loaded = await tf.loadLayersModel(modelFolder(folder));
      const [there, here] = [loaded, plain].map((model) => model.predict(x) as tf.Tensor);
      expect(Array.from(there.dataSync())).toEqual(Array.from(here.dataSync()));
    });
  });
}

/** The values of all fields of a name, wherever they are, from the outside in. */
function fieldsOf(json: unknown, name: string): unknown[] {
  if (typeof json !== 'object' || json === null) return [];
  const inside = Object.values(json).flatMap((value) => fieldsOf(value, name));
  return name in json ? [(json as Record<string, unknown>)[name], ...inside] : inside;
}
