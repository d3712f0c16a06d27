import {writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {Resvg} from '@resvg/resvg-js';
import * as echarts from 'echarts';
import type {Dataset} from '../data/dataset';
import type {MethodResult} from './compare';
import {curve} from './curve';
import {type MethodName, methods} from './methods';
import {describe} from './networks';
import type {Plan} from './plan';
import type {EpochResult} from './run';
import {logTicks, type Ticks} from './ticks';

const WIDTH = 1200;
const HEIGHT = 620;
const FONT = 'DejaVu Sans, Verdana, sans-serif';
const INK = '#222222';
const FAINT = '#dddddd';

/** How a line looks: its stroke and the shape of its points. */
export interface Style {
  stroke: {color: string; width: number; type: 'solid' | 'dashed' | 'dotted'};
  symbol: string;
}

/** Colours that remain distinct to colour-blind eyes (most are Okabe and Ito's). */
export const styles: Record<MethodName, Style> = {
  dtp: {stroke: {color: '#d55e00', width: 4, type: 'solid'}, symbol: 'circle'},
  bp: {stroke: {color: '#aa4499', width: 2, type: 'solid'}, symbol: 'diamond'},
  adam: {stroke: {color: '#0072b2', width: 2, type: 'solid'}, symbol: 'rect'},
  sgd: {stroke: {color: '#009e73', width: 2, type: 'solid'}, symbol: 'triangle'},
  'adam-stock': {stroke: {color: '#56b4e9', width: 2, type: 'dashed'}, symbol: 'emptyRect'},
};

/** Draws the train loss of every method's best rate, and writes it as `base.svg` and `base.png`. */
export function writeChart(base: string, results: MethodResult[], plan: Plan, data: Dataset): void {
  const svg = drawChart(chartOption(results, plan, data));
  writeFileSync(`${base}.svg`, svg);
  writeFileSync(`${base}.png`, rasterise(svg));
}

/** The chart of a comparison: a line for every method, at its best rate. */
export function chartOption(
  results: MethodResult[],
  plan: Plan,
  data: Dataset,
): echarts.EChartsOption {
  return lossChart({
    title: `Train loss: ${describe(plan.network)} on ${data.name}`,
    subtitle: subtitle(plan, data, results),
    epochs: plan.epochs,
    lines: results.map(({method, best}) => ({
      name: `${methods[method].label} (rate ${best.rate})`,
      style: styles[method],
      onTop: method === 'dtp',
      points: curve(best),
    })),
  });
}

export interface LossChart {
  title: string;
  subtitle: string;
  epochs: number;
  lines: Line[];
}

export interface Line {
  name: string;
  style: Style;
  onTop: boolean;
  /** From epoch 0 on; what a logarithmic axis cannot show is left out. */
  points: EpochResult[];
}

/** Two panels, train loss against epochs and against seconds, each with all lines. */
export function lossChart(chart: LossChart): echarts.EChartsOption {
  const lines = chart.lines.map(({points, ...line}) => ({
    ...line,
    points: points.filter(({loss}) => Number.isFinite(loss) && loss > 0),
  }));
  const losses = logTicks(lines.flatMap(({points}) => points.map(({loss}) => loss)));
  const panels = [
    {title: 'epochs', of: (_: EpochResult, epoch: number) => epoch, max: chart.epochs, step: 1},
    {title: 'seconds of training', of: ({seconds}: EpochResult) => seconds},
  ];
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: {fontFamily: FONT, color: INK},
    title: {
      text: chart.title,
      subtext: chart.subtitle,
      left: 24,
      top: 16,
      textStyle: {fontFamily: FONT, fontSize: 22, color: INK},
      subtextStyle: {fontFamily: FONT, fontSize: 14, color: '#555555'},
    },
    legend: {
      data: lines.map(({name}) => name),
      left: 'center',
      bottom: 16,
      itemGap: 18,
      itemWidth: 30,
      textStyle: {fontFamily: FONT, fontSize: 13, color: INK},
    },
    grid: panels.map((_, panel) => ({left: 84 + 580 * panel, top: 104, width: 500, bottom: 116})),
    xAxis: panels.map(({title, max, step}, panel) => ({
      gridIndex: panel,
      type: 'value' as const,
      name: title,
      nameLocation: 'middle' as const,
      nameGap: 30,
      nameTextStyle: {fontFamily: FONT, fontSize: 14, color: INK},
      min: 0,
      max,
      minInterval: step,
      axisLabel: {fontFamily: FONT, fontSize: 13, color: INK},
      axisLine: {show: true, lineStyle: {color: INK}},
      splitLine: {show: false},
    })),
    yAxis: panels.map((_, panel) => lossAxis(panel, losses)),
    series: panels.flatMap(({of}, panel) =>
      lines.map(({name, style, onTop, points}) => ({
        type: 'line' as const,
        name,
        xAxisIndex: panel,
        yAxisIndex: panel,
        data: points.map((point, epoch) => [of(point, epoch), point.loss]),
        symbol: style.symbol,
        symbolSize: onTop ? 8 : 6,
        z: onTop ? 3 : 2,
        itemStyle: {color: style.stroke.color},
        lineStyle: style.stroke,
      })),
    ),
  };
}

function lossAxis(panel: number, {min, max, values}: Ticks): echarts.YAXisComponentOption {
  return {
    gridIndex: panel,
    type: 'log',
    min,
    max,
    axisLabel: {customValues: values, fontFamily: FONT, fontSize: 13, color: INK},
    axisTick: {customValues: values},
    axisLine: {show: true, lineStyle: {color: INK}},
    splitLine: {lineStyle: {color: FAINT}},
  };
}

function subtitle({batch, backend, seeds}: Plan, data: Dataset, results: MethodResult[]): string {
  const choice = results.some(({rates}) => rates.length > 1) ? ' · best rate of each method' : '';
  const averaged = seeds > 1 ? ` · mean of ${seeds} seeds` : '';
  return (
    `${data.train.count.toLocaleString('en')} images · mini-batches of ${batch} · ` +
    `TensorFlow.js ${backend}${averaged}${choice}`
  );
}

/** The chart as SVG. */
export function drawChart(option: echarts.EChartsOption): string {
  echarts.setPlatformAPI({measureText});
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: HEIGHT,
  });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/**
 * The width of a text, roughly, as there is no canvas to measure it with: Latin letters of this font
 * are 0.57 of its size wide. ECharts takes the height of a line from the width of a Chinese letter.
 */
function measureText(text: string, font = ''): {width: number} {
  const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? 12);
  const widths = Array.from(text, (letter) => (letter > '\u2e80' ? 1 : 0.57));
  return {width: size * widths.reduce((sum, width) => sum + width, 0)};
}

/** The picture in pixels; fonts come with the package, as servers may have none. */
function rasterise(svg: string): Uint8Array {
  const {resolve} = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
    resolve(`dejavu-fonts-ttf/ttf/${name}`),
  );
  const font = {loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans'};
  return new Resvg(svg, {font, fitTo: {mode: 'width', value: 2 * WIDTH}}).render().asPng();
}
