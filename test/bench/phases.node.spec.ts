import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import {type Phase, watchPhases} from '../../bench/phases';

describe('The watch of phases', () => {
  const inputs = () => tf.randomNormal([16, 4], 0, 1, 'float32', 1);
  const targets = () => tf.randomNormal([16, 3], 0, 1, 'float32', 2);

  function model(optimizer: tf.Optimizer): tf.LayersModel {
    const layers = [5, 3].map((units, i) =>
      dtp.layers.dense({
        units,
        activation: i === 0 ? 'tanh' : undefined,
        kernelInitializer: tf.initializers.glorotUniform({seed: i}),
        ...(i === 0 ? {inputShape: [4], decoder: false as const} : {}),
      }),
    );
    const built = tf.sequential({layers});
    built.compile({optimizer, loss: 'meanSquaredError'});
    return built;
  }

  async function steps(built: tf.LayersModel, count: number): Promise<void> {
    const [x, y] = [inputs(), targets()];
    for (let i = 0; i < count; i++) await built.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }

  const namesOf = (milliseconds: Record<Phase, number>) =>
    Object.entries(milliseconds)
      .filter(([, time]) => time > 0)
      .map(([phase]) => phase);

  it('sees every phase of target propagation, and no more time than passes', async () => {
    const optimizer = new dtp.DTPOptimizer();
    const built = model(optimizer);
    const watch = watchPhases(optimizer);
    const start = performance.now();
    await steps(built, 9);
    const passed = performance.now() - start;
    watch.stop();
    expect(namesOf(watch.milliseconds)).toEqual([
      'forward',
      'outputGradient',
      'down',
      'update',
      'apply',
      'decoders',
    ]);
    const sum = Object.values(watch.milliseconds).reduce((a, b) => a + b);
    expect(sum).toBeLessThan(passed);
    expect(sum).toBeGreaterThan(0.5 * passed);
  });

  it('sees of another optimizer its forward and backward pass, and the weights move', async () => {
    const optimizer = tf.train.adam(1e-3);
    const built = model(optimizer);
    const watch = watchPhases(optimizer);
    await steps(built, 3);
    watch.stop();
    expect(namesOf(watch.milliseconds)).toEqual(['forward', 'down', 'apply']);
  });

  it('changes no weight by a bit', async () => {
    const weightsOf = async (watched: boolean) => {
      const optimizer = new dtp.DTPOptimizer();
      const built = model(optimizer);
      const watch = watched ? watchPhases(optimizer) : null;
      await steps(built, 10);
      watch?.stop();
      return built.getWeights().map((weight) => Array.from(weight.dataSync()));
    };
    expect(await weightsOf(true)).toEqual(await weightsOf(false));
  });

  it('leaves the optimizer and tfjs as they were', async () => {
    const optimizer = new dtp.DTPOptimizer();
    const built = model(optimizer);
    const [minimize, gradients] = [optimizer.minimize, tf.engine().gradients];
    watchPhases(optimizer).stop();
    expect(optimizer.minimize).toBe(minimize);
    expect(tf.engine().gradients).toBe(gradients);
    await steps(built, 1);
    const {numTensors} = tf.memory();
    const watch = watchPhases(optimizer);
    await steps(built, 3);
    watch.stop();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
