import * as echarts from 'echarts';
import {logTicks} from '../../examples/compare/ticks';

const FONT = 'DejaVu Sans, Verdana, sans-serif';
const INK = '#222222';

/** Colours that remain distinct to colour-blind eyes (Okabe and Ito's). */
const COLOURS = ['#d55e00', '#0072b2', '#009e73', '#aa4499', '#e69f00'];

/** A picture of some curves over the same axes. */
export interface LineChart {
  title: string;
  /** The name of the horizontal axis; it is a count, from 0 or 1. */
  x: string;
  y: {name: string; logarithmic?: boolean; max?: number};
  curves: Array<{name: string; points: Array<[x: number, y: number]>}>;
}

/** Draws a chart as SVG. */
export function drawLineChart({title, x, y, curves}: LineChart): string {
  const values = curves.flatMap(({points}) => points.map(([, value]) => value));
  const ticks = y.logarithmic ? logTicks(values) : null;
  const size = {width: 720, height: 400};
  const chart = echarts.init(null, null, {renderer: 'svg', ssr: true, ...size});
  const text = {fontFamily: FONT, fontSize: 13, color: INK};
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: {text: title, left: 16, top: 12, textStyle: {...text, fontSize: 16}},
    legend: {bottom: 8, left: 'center', itemGap: 40, textStyle: text},
    grid: {left: 84, right: 28, top: 56, bottom: 88},
    xAxis: {
      type: 'value',
      name: x,
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: text,
      minInterval: 1,
      min: 'dataMin',
      max: 'dataMax',
      axisLabel: text,
      splitLine: {show: false},
    },
    yAxis: {
      type: ticks ? 'log' : 'value',
      name: y.name,
      nameLocation: 'middle',
      nameGap: 60,
      nameTextStyle: text,
      ...(ticks ? {min: ticks.min, max: ticks.max} : {min: 0, max: y.max, interval: 15}),
      axisLabel: {...text, ...(ticks ? {customValues: ticks.values} : {})},
      splitLine: {lineStyle: {color: '#dddddd'}},
    },
    series: curves.map(({name, points}) => ({
      name,
      type: 'line',
      data: points.map(([at, value]) => [at, Number(value.toPrecision(4))]),
      showSymbol: points.length < 20,
      lineStyle: {width: 2.5},
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg.replaceAll(/ d="[^"]*"/g, inTenths)}\n`;
}

/** A tenth of a pixel is enough, and a picture half the size. */
function inTenths(path: string): string {
  return path.replaceAll(/\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))));
}
