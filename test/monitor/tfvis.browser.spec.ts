import * as tf from '@tensorflow/tfjs';
import type * as Tfvis from '@tensorflow/tfjs-vis';
import * as dtp from 'tfjs-dtp';

declare const tfvis: typeof Tfvis;

describe('Monitor beside tfvis.show.fitCallbacks', () => {
  let area: HTMLElement;

  beforeAll(async () => {
    // The bundle, as a page loads it: its modules would bring another copy of tfjs.
    const script = document.createElement('script');
    script.src = '/base/node_modules/@tensorflow/tfjs-vis/dist/tfjs-vis.umd.min.js';
    const loaded = new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = reject;
    });
    document.head.append(script);
    await loaded;
  });

  beforeEach(() => {
    area = document.createElement('div');
    document.body.append(area);
  });

  afterEach(() => area.remove());

  /** Trains for three epochs with both, and returns the names of what has been drawn. */
  async function chartsOf(model: tf.LayersModel, drawn: string[]): Promise<string[]> {
    model.compile({optimizer: new dtp.DTPOptimizer(), loss: 'meanSquaredError'});
    const chart = tfvis.show.fitCallbacks(area, drawn, {callbacks: ['onEpochEnd']});
    const [x, y] = [tf.randomNormal([8, 4]), tf.randomNormal([8, 4])];
    const callbacks = [new dtp.Monitor(), new tf.CustomCallback(chart)];
    const {history} = await model.fit(x, y, {epochs: 3, verbose: 0, callbacks});
    for (const key of drawn) expect(history[key]?.length).withContext(key).toBe(3);
    await rendered(area, drawn.length);
    const charts = area.querySelectorAll<HTMLElement>('[data-name] [data-name]');
    return Array.from(charts, ({dataset}) => dataset.name as string);
  }

  it('has its means drawn in one fit, a chart for each', async () => {
    const model = dtp.convert(
      tf.sequential({
        layers: [
          tf.layers.dense({units: 3, activation: 'tanh', name: 'first', inputShape: [4]}),
          tf.layers.dense({units: 4, name: 'second'}),
        ],
      }),
    );
    const drawn = ['loss', 'first_influence_mean', 'second_inversion_kept', 'second_target_size'];
    expect(await chartsOf(model, drawn)).toEqual(drawn);
  });

  it('has a shared layer, and one with a path for a name, drawn by names that charts can take', async () => {
    const x = tf.input({shape: [4]});
    const shared = dtp.layers.dense({units: 4, name: 'shared'});
    const last = dtp.layers.dense({units: 4, name: 'head/out.put'});
    const y = last.apply(shared.apply(shared.apply(x))) as tf.SymbolicTensor;
    const drawn = [
      'shared_influence_mean',
      'shared-2_influence_mean',
      'head-out-put_influence_mean',
    ];
    expect(await chartsOf(tf.model({inputs: x, outputs: y}), drawn)).toEqual(drawn);
  });
});

/** Waits for as many charts: the callbacks of tfvis return before theirs are drawn. */
async function rendered(area: HTMLElement, count: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (area.querySelectorAll('canvas, svg').length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${area.querySelectorAll('canvas, svg').length} of ${count} charts are drawn.`);
}
