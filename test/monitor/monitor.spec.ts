import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {architectures, data, stockAndPaired} from '../support/architectures';
import {onEveryBackendButWebgl} from '../support/backends';
import {valuesOf} from '../support/reloaded';

const everything = Object.keys(dtp.diagnostics) as dtp.DiagnosticName[];

function compiled(name: string, config: dtp.DTPOptimizerConfig = {}): tf.LayersModel {
  const [stock, paired] = stockAndPaired(architectures[name]);
  stock.dispose();
  paired.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'meanSquaredError'});
  return paired;
}

type Callbacks = NonNullable<tf.ModelFitArgs['callbacks']>;

/** Trains for some epochs of three steps, each of four examples. */
function fit(model: tf.LayersModel, name: string, callbacks: Callbacks, epochs = 2) {
  const {x, y} = data(architectures[name], 12);
  return model.fit(x, y, {epochs, batchSize: 4, shuffle: false, verbose: 0, callbacks});
}

const configurations: Record<string, dtp.DTPOptimizerConfig> = {
  default: {decoders: {every: 1}},
  'a parallel relaxation': {schedule: 'parallel', inversion: {iterations: 3, start: 'decoder'}},
  'online updates': {schedule: 'parallel', inversion: {iterations: 3}, online: {decay: 1e-3}},
  'transposed weights': {feedback: 'gradient'},
  'scaled differences': {scaled: true},
  'bounded targets': {bounds: {target: 1e-5}},
  'momentum inside': {
    optimizer: {className: 'Momentum', config: {learningRate: 0.3, momentum: 0.5}},
  },
};

onEveryBackendButWebgl('Monitor', () => {
  for (const name of Object.keys(architectures)) {
    it(`leaves training as it is, to the last bit, and no tensor behind: ${name}`, async () => {
      const [watched, alone] = [compiled(name), compiled(name)];
      const monitor = new dtp.Monitor({diagnostics: everything, every: 2});
      await fit(alone, name, []);
      const before = tf.memory().numTensors;
      await fit(alone, name, []);
      const left = tf.memory().numTensors - before;

      await fit(watched, name, [monitor]);
      const watchedBefore = tf.memory().numTensors;
      await fit(watched, name, [monitor]);
      expect(tf.memory().numTensors - watchedBefore).toBe(left);
      expect(valuesOf(watched)).toEqual(valuesOf(alone));
      for (const {diagnostics} of monitor.history) {
        expect(diagnostics.length).toBeGreaterThan(0);
        for (const call of diagnostics) {
          expect(Object.keys(call)).toEqual(['layer', 'call', ...everything]);
        }
      }
    });
  }

  for (const [what, config] of Object.entries(configurations)) {
    it(`leaves training as it is, to the last bit: ${what}`, async () => {
      const name = 'a branch around a layer';
      const [watched, alone] = [compiled(name, config), compiled(name, config)];
      await fit(alone, name, []);
      await fit(watched, name, [new dtp.Monitor({diagnostics: everything, every: 1})]);
      expect(valuesOf(watched)).toEqual(valuesOf(alone));
    });
  }

  it('has a history that JSON keeps as it is', async () => {
    const monitor = new dtp.Monitor({diagnostics: everything, every: 1});
    await fit(compiled('relu classifier'), 'relu classifier', [monitor]);
    expect(monitor.history.length).toBe(6);
    expect(JSON.parse(JSON.stringify(monitor.history))).toEqual(monitor.history);
  });
});

describe('Monitor', () => {
  const name = 'relu classifier';

  for (const [every, batches] of [
    [1, [0, 1, 2]],
    [2, [0, 2]],
    [3, [0]],
    ['epoch', [0]],
  ] as const) {
    it(`measures steps ${batches} of three an epoch where every is ${every}`, async () => {
      const monitor = new dtp.Monitor({diagnostics: ['target'], every});
      await fit(compiled(name), name, [monitor]);
      const expected = [0, 1].flatMap((epoch) => batches.map((batch) => [epoch, batch]));
      expect(monitor.history.map(({epoch, batch}) => [epoch, batch])).toEqual(expected);
    });
  }

  it('says that TensorFlow.js takes it for functions where the first callback is one', async () => {
    const model = compiled(name);
    const plain = {onEpochEnd: async () => {}} as unknown as tf.Callback;
    await expectAsync(fit(model, name, [plain, new dtp.Monitor()])).toBeRejectedWithError(
      TypeError,
      /dtp\.Monitor: TensorFlow\.js has taken it for plain functions.*new tf\.CustomCallback/,
    );
  });

  it('begins a new history with every training', async () => {
    const [model, monitor] = [compiled(name), new dtp.Monitor({every: 'epoch'})];
    await fit(model, name, [monitor], 3);
    await fit(model, name, [monitor], 1);
    expect(monitor.history.map(({epoch}) => epoch)).toEqual([0]);
  });

  it('measures what costs little, if nothing else is asked for', async () => {
    const monitor = new dtp.Monitor();
    await fit(compiled(name), name, [monitor]);
    const [call] = monitor.history[0].diagnostics;
    const cheap = ['reconstruction', 'inversion', 'influence', 'target'];
    expect(Object.keys(call)).toEqual(['layer', 'call', ...cheap]);
  });

  it('puts the means of an epoch into its logs, where fit and later callbacks find them', async () => {
    const model = compiled(name);
    const monitor = new dtp.Monitor({diagnostics: ['influence', 'inversion'], every: 1});
    const seen: number[] = [];
    const key = `${model.layers[1].name}_influence_mean`;
    const later = new tf.CustomCallback({
      onEpochEnd: (_epoch, logs) => void seen.push(logs?.[key] as number),
    });
    const {history} = await fit(model, name, [monitor, later]);

    const means = [0, 1].map((epoch) => {
      const steps = monitor.history.filter((step) => step.epoch === epoch);
      const values = steps.map(({diagnostics}) => diagnostics[1].influence?.mean as number);
      return values.reduce((a, b) => a + b, 0) / values.length;
    });
    expect(history[key]).toEqual(means);
    expect(seen).toEqual(means);
    expect(history.loss.length).toBe(2);
    // Curves and what is null have no mean.
    const keys = Object.keys(history).filter((other) => other.startsWith(model.layers[1].name));
    const inversion = ['start', 'last', 'kept', 'contraction'].map((part) => `inversion_${part}`);
    const influence = ['mean', 'min', 'max'].map((part) => `influence_${part}`);
    const expected = [...inversion, ...influence].map((part) => `${model.layers[1].name}_${part}`);
    expect(keys.sort()).toEqual(expected.sort());
    expect(history[`${model.layers[0].name}_inversion_start`]).toBeUndefined();
  });

  it('can stop training early by what it measures', async () => {
    const model = compiled(name);
    const stop = tf.callbacks.earlyStopping({
      monitor: `${model.layers[2].name}_influence_mean`, // Always 1 at the output.
      patience: 2,
    });
    const {epoch} = await fit(model, name, [new dtp.Monitor(), stop], 10);
    expect(epoch).toEqual([0, 1, 2]);
  });

  it('works in fitDataset', async () => {
    const {x, y} = data(architectures[name], 12);
    const examples = tf.data.zip({
      xs: tf.data.array(await (x as tf.Tensor2D).array()),
      ys: tf.data.array(await (y as tf.Tensor2D).array()),
    });
    const monitor = new dtp.Monitor({diagnostics: ['target'], every: 2});
    const model = compiled(name);
    const {history} = await model.fitDataset(examples.batch(4), {
      epochs: 2,
      verbose: 0,
      callbacks: [monitor],
    });
    expect(monitor.history.length).toBe(4);
    expect(history[`${model.layers[0].name}_target_size`].length).toBe(2);
  });

  it('prints nothing but to whom it is told to', async () => {
    const log = spyOn(console, 'log');
    const tables: string[] = [];
    await fit(compiled(name), name, [new dtp.Monitor()]);
    const print = (table: string) => void tables.push(table);
    const model = compiled(name);
    await fit(model, name, [new dtp.Monitor({print})]);
    expect(log).not.toHaveBeenCalled();
    expect(tables.length).toBe(2);
    expect(tables[1]).toMatch(/^epoch 2, mean of 1 step\n/);
    for (const layer of model.layers) expect(tables[1]).toContain(`\n${layer.name} `);
  });

  it('has no entry for a step that was left out', async () => {
    const model = compiled(name, {onNonFinite: 'skip'});
    const {x, y} = data(architectures[name], 8);
    const spoiled = tf.concat([
      (x as tf.Tensor).slice(0, 4).mul(Number.NaN),
      (x as tf.Tensor).slice(4),
    ]);
    const monitor = new dtp.Monitor({every: 1});
    await model.fit(spoiled, y, {batchSize: 4, shuffle: false, verbose: 0, callbacks: [monitor]});
    expect(monitor.history.map(({batch}) => batch)).toEqual([1]);
  });

  it('says so where no step of an epoch was applied', async () => {
    const model = compiled(name, {onNonFinite: 'skip'});
    const {x, y} = data(architectures[name], 4);
    const tables: string[] = [];
    const monitor = new dtp.Monitor({print: (table) => void tables.push(table)});
    await model.fit((x as tf.Tensor).mul(Number.NaN), y, {verbose: 0, callbacks: [monitor]});
    expect(tables).toEqual(['epoch 1, no step measured, as none was applied\n']);
  });

  it('has logs of its own for layers whose names differ in what logs cannot have', async () => {
    const names = ['a.b', 'a-b', 'a-b-2'];
    const layers = names.map((name) => dtp.layers.dense({units: 2, inputShape: [2], name}));
    const model = tf.sequential({layers});
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const monitor = new dtp.Monitor({diagnostics: ['target']});
    const args = {verbose: 0, callbacks: [monitor]};
    const {history} = await model.fit(tf.ones([4, 2]), tf.zeros([4, 2]), args);
    const sizes = monitor.history[0].diagnostics.map(({target}) => target?.size as number);
    const logs = Object.entries(history).filter(([log]) => log.endsWith('_target_size'));
    expect(logs.map(([, [size]]) => size)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(3);
  });

  it('keeps the letters of any language in the names of its logs', async () => {
    const monitor = new dtp.Monitor();
    const diagnostics = [{layer: 'größe_変数-1/2', call: 0, target: {size: 3}}];
    monitor.history = [{epoch: 0, batch: 0, diagnostics}];
    const logs = {};
    await monitor.onEpochEnd(0, logs);
    expect(logs).toEqual({'größe_変数-1-2_target_size': 3});
  });

  it('says that a model is trained by another optimizer, and what to do', async () => {
    const model = compiled(name);
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    await expectAsync(fit(model, name, [new dtp.Monitor()])).toBeRejectedWithError(
      TypeError,
      /dtp\.Monitor: the model is trained by SGD, expected DTPOptimizer.*Compile the model with/,
    );
    // The model can be trained as before.
    await fit(model, name, []);
  });

  for (const [args, message] of [
    [
      {diagnostics: ['angles']},
      /dtp\.Monitor: diagnostics is \['angles'\].*'angle', 'gaussNewton'/,
    ],
    [{diagnostics: 'angle'}, /dtp\.Monitor: diagnostics is 'angle', expected a list/],
    [
      {prnt: console.log},
      /dtp\.Monitor: the argument has no field "prnt", expected.*diagnostics, every, print/,
    ],
    [null, /dtp\.Monitor: the argument is null, expected an object/],
    [{every: 0}, /dtp\.Monitor: every is 0, expected a whole number ≥ 1 or 'epoch'/],
    [{every: 'batch'}, /dtp\.Monitor: every is 'batch'/],
    [{print: true}, /dtp\.Monitor: print is true, expected a function such as console\.log/],
  ] as Array<[dtp.MonitorArgs, RegExp]>) {
    it(`rejects ${JSON.stringify(args)}, saying what is valid`, () => {
      expect(() => new dtp.Monitor(args)).toThrowError(message);
    });
  }
});
