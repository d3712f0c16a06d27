import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackend} from '../support/backends';
import {valuesOf} from '../support/reloaded';

const name = 'stock layers in between';
const count = 10;

function compiled(config: dtp.DTPOptimizerConfig = {}, architecture = name): tf.LayersModel {
  const [, model] = stockAndPaired(architectures[architecture]);
  model.compile({
    optimizer: new dtp.DTPOptimizer(config),
    loss: 'meanSquaredError',
    metrics: ['mae'],
  });
  return model;
}

const stepsOf = ({optimizer}: tf.LayersModel) => (optimizer as dtp.DTPOptimizer).iterations;

const examples = () => data(architectures[name], count) as {x: tf.Tensor; y: tf.Tensor};

/** Two epochs of steps on slices of the examples, the last one with what is left. */
async function stepByStep(model: tf.LayersModel, batchSize: number) {
  const {x, y} = examples();
  for (let epoch = 0; epoch < 2; epoch++) {
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      await model.trainOnBatch(x.slice(start, size), y.slice(start, size));
    }
  }
}

const quiet = {epochs: 2, verbose: 0} as const;

onEveryBackend('fit', () => {
  for (const batchSize of [1, 4, count]) {
    it(`makes the steps of trainOnBatch, batch by batch: ${count} examples by ${batchSize}`, async () => {
      const [fitted, stepped] = [compiled(), compiled()];
      const {x, y} = examples();
      await fitted.fit(x, y, {...quiet, batchSize, shuffle: false});
      await stepByStep(stepped, batchSize);
      expect(stepsOf(fitted)).toBe(2 * Math.ceil(count / batchSize));
      expect(valuesOf(fitted)).toEqual(valuesOf(stepped));
    });
  }
});

onEveryBackend('Whole numbers and truth values as inputs', () => {
  for (const dtype of ['int32', 'bool'] as const) {
    it(`train as the same numbers do: ${dtype}`, async () => {
      for (const rows of [3, 12]) {
        const x = tf.randomUniform([rows, 4], 0, 2, 'int32', 1);
        const y = tf.randomUniform([rows, 1], 0, 1, 'float32', 2);
        const [given, floats] = ([dtype, 'float32'] as const).map((of) => {
          const input = tf.input({shape: [4], dtype: of});
          const hidden = tf.layers.dense({units: 3, activation: 'tanh'}).apply(input);
          const output = tf.layers.dense({units: 1}).apply(hidden) as tf.SymbolicTensor;
          const model = dtp.convert(tf.model({inputs: input, outputs: output}));
          model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
          return model;
        });
        given.setWeights(floats.getWeights());
        await given.trainOnBatch(x.cast(dtype), y);
        await floats.trainOnBatch(x.toFloat(), y);
        expect(valuesOf(given)).toEqual(valuesOf(floats));
      }
    });
  }
});

describe('fitDataset', () => {
  const sources: Record<string, () => Promise<tf.data.Dataset<tf.TensorContainer>>> = {
    'an array': async () => {
      const {x, y} = examples();
      const [xs, ys] = [tf.data.array(await list(x)), tf.data.array(await list(y))];
      return tf.data.zip({xs, ys});
    },
    'a generator': async () => {
      const {x, y} = examples();
      const rows = {x: await list(x), y: await list(y)};
      return tf.data.generator(function* () {
        for (let i = 0; i < count; i++) yield {xs: tf.tensor(rows.x[i]), ys: tf.tensor(rows.y[i])};
      } as unknown as () => Iterator<tf.TensorContainer>);
    },
  };
  const list = async (tensor: tf.Tensor) => (await tensor.array()) as number[][];

  for (const [source, dataset] of Object.entries(sources)) {
    for (const batchSize of [1, 4]) {
      it(`makes the steps of trainOnBatch from ${source}, by ${batchSize}`, async () => {
        const [fitted, stepped] = [compiled(), compiled()];
        await fitted.fitDataset((await dataset()).batch(batchSize), quiet);
        await stepByStep(stepped, batchSize);
        expect(stepsOf(fitted)).toBe(2 * Math.ceil(count / batchSize));
        expect(valuesOf(fitted)).toEqual(valuesOf(stepped));
      });
    }
  }
});

describe('fit with DTPOptimizer', () => {
  it('reports losses and metrics of the weights before the step, and those of validation after', async () => {
    const model = compiled({}, 'relu classifier');
    const {x, y} = data(architectures['relu classifier'], count) as {x: tf.Tensor; y: tf.Tensor};
    const evaluated = (from: number, size: number) =>
      [model.evaluate(x.slice(from, size), y.slice(from, size))]
        .flat()
        .map((value) => value.dataSync()[0]);
    const before = evaluated(0, 8);
    const options = {epochs: 1, batchSize: 8, verbose: 0, validationSplit: 0.2} as const;
    const {history} = await model.fit(x, y, options);
    const after = evaluated(8, 2);
    const [loss, mae, valLoss, valMae] = ['loss', 'mae', 'val_loss', 'val_mae'].map(
      (key) => history[key][0] as number,
    );
    expect(loss).toBeCloseTo(before[0], 5);
    expect(mae).toBeCloseTo(before[1], 5);
    expect([valLoss, valMae]).toEqual(after);
    expect(loss).not.toBeCloseTo(evaluated(0, 8)[0], 3);
  });

  it('takes no step for validation data', async () => {
    const {x, y} = examples();
    const [plain, validated] = [compiled(), compiled()];
    await plain.fit(x, y, {...quiet, shuffle: false});
    await validated.fit(x, y, {...quiet, shuffle: false, validationData: [x, y]});
    expect(valuesOf(validated)).toEqual(valuesOf(plain));
  });

  it('ends where a callback stops it, early stopping among them', async () => {
    const {x, y} = examples();
    const still = compiled({learningRate: () => 0}, 'relu classifier');
    const batch = data(architectures['relu classifier'], count);
    const stop = tf.callbacks.earlyStopping({monitor: 'loss', patience: 1});
    await still.fit(batch.x, batch.y, {epochs: 9, verbose: 0, shuffle: false, callbacks: [stop]});
    expect(stepsOf(still)).toBe(2);

    const model = compiled();
    const seen: number[] = [];
    const callback = new tf.CustomCallback({
      onBatchEnd: async (number, logs) => {
        seen.push(logs?.loss as number);
        if (number === 1) model.stopTraining = true;
      },
    });
    await model.fit(x, y, {epochs: 9, batchSize: 4, verbose: 0, callbacks: [callback]});
    expect(stepsOf(model)).toBe(2);
    expect(seen.length).toBe(2);
    expect(seen.every((loss) => loss > 0)).toBeTrue();
  });

  it('lets a callback change the learning rate', async () => {
    const model = compiled();
    const {x, y} = examples();
    const optimizer = model.optimizer as dtp.DTPOptimizer;
    const onEpochEnd = async (epoch: number) => optimizer.setLearningRate(1 / (epoch + 2));
    await model.fit(x, y, {...quiet, callbacks: {onEpochEnd}});
    expect(optimizer.learningRate).toBe(1 / 3);
  });
});

describe('freezing layers between compiles', () => {
  const momentum = {className: 'Momentum', config: {learningRate: 0.1, momentum: 0.5}};

  function freeze(model: tf.LayersModel, frozen: number[]) {
    for (const [i, layer] of model.layers.entries()) layer.trainable = !frozen.includes(i);
    model.compile({optimizer: model.optimizer, loss: 'meanSquaredError'});
  }

  it('leaves each weight its own momentum, of paired and of stock layers', async () => {
    // At their own predictions nothing moves but by momentum: half of the last change a step.
    const build = () =>
      tf.sequential({
        layers: [
          dtp.layers.dense({units: 4, inputShape: [3]}),
          tf.layers.dense({units: 5}),
          dtp.layers.dense({units: 6}),
          tf.layers.dense({units: 2}),
        ],
      });
    const model = build();
    const optimizer = new dtp.DTPOptimizer({optimizer: momentum, unpairedOptimizer: momentum});
    model.compile({optimizer, loss: 'meanSquaredError'});
    const x = tf.randomUniform([6, 3], 0, 1, 'float32', 1);
    const read = () => model.trainableWeights.map((weight) => weight.read().clone());
    const start = read();
    await model.trainOnBatch(x, tf.zeros([6, 2]));
    const first = read().map((weight, i) => weight.sub(start[i]));

    freeze(model, [0, 1]);
    await model.trainOnBatch(x, model.predict(x) as tf.Tensor);
    freeze(model, []);
    const [before] = [read()];
    await model.trainOnBatch(x, model.predict(x) as tf.Tensor);
    for (const [i, weight] of read().entries()) {
      const part = i < 4 ? 0.5 : 0.25;
      const expected = first[i].mul(part).dataSync();
      const change = weight.sub(before[i]).dataSync();
      for (const [k, value] of expected.entries()) expect(change[k]).toBeCloseTo(value, 5);
    }
  });

  it('trains what is not frozen, step by step of a schedule of freezing', async () => {
    const model = compiled({}, 'relu classifier');
    const {x, y} = data(architectures['relu classifier'], count);
    for (const frozen of [[1, 2], [0], [], [0, 1]]) {
      freeze(model, frozen);
      const before = valuesOf(model);
      const kernels = model.layers.map(({weights}) => model.weights.indexOf(weights[0]));
      await model.trainOnBatch(x, y);
      const after = valuesOf(model);
      const moved = kernels.map((at) => after[at].some((value, i) => value !== before[at][i]));
      expect(moved).toEqual(model.layers.map((_, i) => !frozen.includes(i)));
    }
  });
});
