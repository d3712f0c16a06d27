/**
 * Draws the figures of docs/how_it_works.md, from trainings on the bundled digits.
 *
 *     npx tsx docs/figures/main.ts [FOLDER]
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import '@tensorflow/tfjs-backend-wasm';
import {compare} from '../../examples/compare/compare';
import {curve} from '../../examples/compare/curve';
import {methods} from '../../examples/compare/methods';
import {parseOptions} from '../../examples/compare/options';
import {planFor} from '../../examples/compare/plan';
import {tasks} from '../../examples/compare/tasks';
import {loadDigits} from '../../examples/data/digits';
import {drawLineChart, type LineChart} from './line_chart';

const EPOCHS = 8;
const STEPS = 23;

async function main([folder = 'docs/figures']: string[]): Promise<void> {
  await tf.setBackend('wasm');
  const figures = {angles: await angles(), residuals: await residuals(), losses: await losses()};
  mkdirSync(folder, {recursive: true});
  for (const [name, chart] of Object.entries(figures)) {
    writeFileSync(path.join(folder, `${name}.svg`), drawLineChart(chart));
    console.log(
      `${name}: ${chart.curves.map(({name, points}) => summary(name, points)).join('; ')}`,
    );
  }
}

/** How far targets are from the gradient, layer by layer, while the network learns. */
async function angles(): Promise<LineChart> {
  const history = await monitored({}, ['angle']);
  return {
    title: 'Angle between the target difference and the negative gradient',
    x: 'step',
    y: {name: 'degrees', max: 90},
    curves: byLayer(history, ({angle}, {epoch, batch}) => {
      const degrees = angle?.target ?? null;
      return degrees === null ? [] : [[epoch * STEPS + batch, degrees]];
    }),
  };
}

/** How an inversion converges: the means over the steps of the last epoch. */
async function residuals(): Promise<LineChart> {
  const history = await monitored({inversion: {iterations: 12}}, ['inversion']);
  const last = history.filter(({epoch}) => epoch === EPOCHS - 1);
  const curves = byLayer(last, ({inversion}) =>
    (inversion?.residuals ?? []).map((residual, t): [number, number] => [
      t,
      residual ?? Number.NaN,
    ]),
  );
  return {
    title: 'What is left of the target after t iterations, ‖f(x) − τ‖ / ‖τ − h‖',
    x: 'iterations',
    y: {name: 'residual', logarithmic: true},
    curves: curves.map(({name, points}) => ({name, points: meansByAbscissa(points)})),
  };
}

/** Target propagation, the ablation and Adam, as `npm start` compares them. */
async function losses(): Promise<LineChart> {
  const options = parseOptions(['node', 'figures', '--methods', 'dtp,bp,adam']);
  const data = loadDigits();
  const results = await compare(planFor(options, data), data, {
    epoch: () => {},
    round: () => {},
    stop: () => {},
  });
  return {
    title: 'Train loss, 64-128-128-10 relu on the bundled digits, each at its best rate',
    x: 'epoch',
    y: {name: 'train loss', logarithmic: true},
    curves: results.map(({method, best}) => ({
      name: `${methods[method].label} (rate ${best.rate})`,
      points: curve(best).map(({loss}, epoch): [number, number] => [epoch, loss]),
    })),
  };
}

/** Trains a 64-48-48-48-10 tanh network and measures every fifth step. */
async function monitored(
  config: dtp.DTPOptimizerConfig,
  diagnostics: dtp.DiagnosticName[],
): Promise<dtp.MonitoredStep[]> {
  const data = loadDigits();
  const widths = [48, 48, 48, data.classes];
  const model = tf.sequential({
    layers: widths.map((units, i) =>
      dtp.layers.dense({
        name: `layer${i + 1}`,
        units,
        activation: i === widths.length - 1 ? 'softmax' : 'tanh',
        kernelInitializer: tf.initializers.glorotUniform({seed: i}),
        ...(i === 0 ? {inputShape: [data.features], decoder: false as const} : {}),
      }),
    ),
  });
  model.compile({optimizer: new dtp.DTPOptimizer(config), loss: 'categoricalCrossentropy'});
  const monitor = new dtp.Monitor({diagnostics, every: 5});
  const x = tf.tensor2d(data.train.pixels, [data.train.count, data.features]);
  const fit = {epochs: EPOCHS, batchSize: 64, shuffle: false, verbose: 0} as const;
  await model.fit(x, tasks.classify.targets(data.train, data), {...fit, callbacks: [monitor]});
  return monitor.history;
}

type Points = Array<[x: number, y: number]>;

/** A curve for each layer, from what every step says of it; none where it says nothing. */
function byLayer(
  history: dtp.MonitoredStep[],
  points: (call: dtp.CallDiagnostics, step: dtp.MonitoredStep) => Points,
): LineChart['curves'] {
  const names = history[0].diagnostics.map(({layer}) => layer);
  const curves = names.map((name, i) => ({
    name,
    points: history.flatMap((step) => points(step.diagnostics[i], step)),
  }));
  return curves.filter(({points}) => points.length > 0);
}

function meansByAbscissa(points: Points): Points {
  return [...new Set(points.map(([x]) => x))].map((at) => {
    const values = points.filter(([x]) => x === at).map(([, y]) => y);
    return [at, values.reduce((a, b) => a + b) / values.length];
  });
}

function summary(name: string, points: Points): string {
  return `${name} ${points[0][1].toPrecision(3)} → ${(points.at(-1) as [number, number])[1].toPrecision(3)}`;
}

await main(process.argv.slice(2));
