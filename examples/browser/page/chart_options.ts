import type {EChartsCoreOption} from 'echarts/core';
import {logTicks} from '../../compare/ticks';
import type {Point, RunRecord, Watched} from '../shared/run_record';
import type {Look} from './look';
import {counted, percent, rounded, shown} from './numbers';

/** A learning curve: what is drawn against what. */
export interface Panel {
  title: string;
  x: 'epoch' | 'seconds';
  y: 'loss' | 'accuracy';
}

export const panels: Panel[] = [
  {title: 'Train loss by epoch', x: 'epoch', y: 'loss'},
  {title: 'Train loss by seconds of training', x: 'seconds', y: 'loss'},
  {title: 'Test accuracy by epoch', x: 'epoch', y: 'accuracy'},
  {title: 'Test accuracy by seconds of training', x: 'seconds', y: 'accuracy'},
];

/** A number that is measured of every layer. */
export interface Quantity {
  name: string;
  /** With its symbol, for the axis. */
  label: string;
  of: (layer: Watched['layers'][number]) => number | null | undefined;
  isLogarithmic: boolean;
}

/** By how much an iteration of the inversion changes the size of its corrections. */
export const contraction: Quantity = {
  name: 'Contraction α',
  label: 'α',
  of: ({inversion}) => inversion?.contraction,
  isLogarithmic: false,
};

export const quantities: Quantity[] = [
  {
    name: 'Angle of the update to the gradient',
    label: 'degrees',
    of: ({angle}) => angle?.update,
    isLogarithmic: false,
  },
  {
    name: 'Angle of the target to the gradient',
    label: 'degrees',
    of: ({angle}) => angle?.target,
    isLogarithmic: false,
  },
  {
    name: 'Target difference',
    label: '‖τ − h‖ / ‖h‖',
    of: ({target}) => target?.size,
    isLogarithmic: true,
  },
  {
    name: 'Reconstruction error',
    label: '‖g(f(x)) − x‖ / ‖x‖',
    of: ({reconstruction}) => reconstruction?.input,
    isLogarithmic: false,
  },
  {
    name: 'Inversion residual',
    label: '‖f(τ′) − τ‖ / ‖τ − h‖',
    of: ({inversion}) => inversion?.kept,
    isLogarithmic: false,
  },
  contraction,
  {name: 'Influence', label: 's', of: ({influence}) => influence?.mean, isLogarithmic: true},
];

/** The points of a panel: a loss that is not above 0 has no place on a logarithmic axis. */
export function pointsOf(points: Point[], {x, y}: Panel): Array<[number, number]> {
  return points
    .map((point): [number, number] => [point[x], point[y]])
    .filter(([, value]) => value !== null && Number.isFinite(value) && (y !== 'loss' || value > 0));
}

/** A learning curve of both networks. */
export function curveOption({sides}: RunRecord, panel: Panel, look: Look): EChartsCoreOption {
  const lines = sides.map(({points}) => pointsOf(points, panel));
  return {
    ...base(look),
    xAxis: xAxis(look, panel.x === 'epoch' ? 'epochs' : 'seconds'),
    yAxis: panel.y === 'loss' ? logAxis(look, lines) : shareAxis(look, lines),
    tooltip: tooltip(look, panel.y === 'loss' ? shown : percent),
    series: sides.map(({label, method}, i) =>
      line(label, lines[i], look.methods[method], {
        width: method === 'dtp' ? 3 : 2,
        type: method === 'dtp' ? 'solid' : [6, 3],
      }),
    ),
  };
}

/** A quantity of every layer over the epochs. */
export function quantityOption(record: RunRecord, quantity: Quantity, look: Look) {
  const lines = record.layers.map((_, l) => historyOf(record, quantity, l));
  return {
    ...base(look),
    xAxis: xAxis(look, 'epochs'),
    yAxis: quantity.isLogarithmic ? logAxis(look, lines) : valueAxis(look),
    tooltip: tooltip(look, shown),
    series: lines.map((points, l) =>
      line(layerName(l), points, look.layer(l, lines.length), {width: 2, type: 'solid'}),
    ),
  };
}

/** α of every layer over the epochs, and 1, below which iterations converge. */
export function contractionOption(record: RunRecord, look: Look): EChartsCoreOption {
  const {series, ...option} = quantityOption(record, contraction, look);
  const end = record.watched.at(-1)?.epoch;
  const bound: Array<[number, number]> =
    end === undefined
      ? []
      : [
          [0, 1],
          [end, 1],
        ];
  return {
    ...option,
    yAxis: {...option.yAxis, scale: false, min: 0},
    series: [
      ...series,
      {
        ...line('no progress', bound, look.muted, {width: 1, type: [2, 4]}),
        showSymbol: false,
        // Its ends are no measurements.
        tooltip: {show: false},
      },
    ],
  };
}

/** A quantity of a layer as it was measured; what has no place on its axis is left out. */
export function historyOf(
  {watched}: RunRecord,
  {of, isLogarithmic}: Quantity,
  l: number,
): Array<[epoch: number, value: number]> {
  return watched.flatMap(({epoch, layers}): Array<[number, number]> => {
    const value = layers[l] && of(layers[l]);
    return value == null || (isLogarithmic && value <= 0) ? [] : [[epoch, value]];
  });
}

/**
 * The residuals of the newest measurement, iteration by iteration, and as many as steps that shrink
 * by α each would leave: r₀ αᵗ.
 */
export function residualOption(record: RunRecord, look: Look): EChartsCoreOption {
  const curves = record.layers.map((_, l) => residualsOf(record, l));
  return {
    ...base(look),
    xAxis: {...xAxis(look, 'iterations t'), minInterval: 1},
    yAxis: logAxis(
      look,
      curves.flatMap(({measured, geometric}) => [measured, geometric]),
    ),
    tooltip: tooltip(look, shown),
    series: curves.flatMap(({measured, geometric}, l) => {
      const color = look.layer(l, curves.length);
      return [
        {...line(layerName(l), measured, color, {width: 2, type: 'solid'}), showSymbol: true},
        {
          ...line(`${layerName(l)}, α^t`, geometric, color, {width: 1.5, type: [3, 4]}),
          showSymbol: false,
        },
      ];
    }),
  };
}

/** Points [t, residual] of a layer's newest inversion, and [t, r₀ αᵗ] beside them. */
export function residualsOf({watched}: RunRecord, l: number) {
  const {residuals = [], contraction: alpha = null} = watched.at(-1)?.layers[l]?.inversion ?? {};
  const [first] = residuals;
  type Points = Array<[t: number, value: number]>;
  const above0 = (values: Array<number | null>) =>
    values.flatMap((value, t): Points => (value === null || value <= 0 ? [] : [[t, value]]));
  const isGeometric = first != null && alpha !== null;
  return {
    measured: above0(residuals),
    geometric: isGeometric ? above0(residuals.map((_, t) => first * alpha ** t)) : [],
  };
}

/** All learning curves in one picture, to be kept. */
export function pictureOption(record: RunRecord, look: Look): EChartsCoreOption {
  const grids = panels.map((_, i) => ({
    left: i % 2 === 0 ? 70 : 670,
    top: i < 2 ? 120 : 480,
    width: 490,
    height: 250,
  }));
  const parts = panels.map((panel) => curveOption(record, panel, look));
  type Series = Array<{name: string}>;
  return {
    ...base(look),
    backgroundColor: look.surface,
    title: [
      {
        text: `${record.network} on ${record.data.name}`,
        subtext: summaryOf(record),
        left: 24,
        top: 16,
        textStyle: {color: look.ink, fontFamily: look.font, fontSize: 20},
        subtextStyle: {color: look.muted, fontFamily: look.font, fontSize: 13},
      },
      ...panels.map(({title}, i) => ({
        text: title,
        left: grids[i].left - 40,
        top: grids[i].top - 34,
        textStyle: {color: look.ink, fontFamily: look.font, fontSize: 14, fontWeight: 'normal'},
      })),
    ],
    legend: {
      data: record.sides.map(({label}) => label),
      right: 24,
      top: 24,
      // Three dashes with their gaps, and no marker over them.
      itemWidth: 27,
      itemStyle: {opacity: 0},
      textStyle: {color: look.ink, fontFamily: look.font},
    },
    tooltip: undefined,
    grid: grids,
    xAxis: parts.map(({xAxis: axis}, i) => ({...(axis as object), gridIndex: i})),
    yAxis: parts.map(({yAxis: axis}, i) => ({...(axis as object), gridIndex: i})),
    series: parts.flatMap(({series}, i) =>
      (series as Series).map((one) => ({...one, xAxisIndex: i, yAxisIndex: i})),
    ),
  };
}

export function layerName(index: number): string {
  return `Layer ${index + 1}`;
}

/** What a run is about, in a line. */
export function summaryOf({data, settings, backend, sides, parameters}: RunRecord): string {
  const rates = sides.map(({label, rate}) => `${label} at rate ${rate}`).join(', ');
  return (
    `${counted(data.train, 'image')}, ${data.test.toLocaleString('en')} to test on · ` +
    `${counted(parameters, 'weight')} · mini-batches of ${settings.batch} · ` +
    `${backend} · ${rates}`
  );
}

function base({font, ink}: Look): EChartsCoreOption {
  return {
    animation: false,
    textStyle: {fontFamily: font, color: ink},
    grid: {left: 56, right: 16, top: 14, bottom: 44},
  };
}

function axis({font, muted, line: color}: Look) {
  return {
    axisLabel: {fontFamily: font, fontSize: 12, color: muted, hideOverlap: true},
    axisLine: {show: true, lineStyle: {color}},
    axisTick: {show: false},
    splitLine: {lineStyle: {color, width: 1}},
  };
}

function xAxis(look: Look, name: string) {
  return {
    ...axis(look),
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 26,
    nameTextStyle: {fontFamily: look.font, fontSize: 12, color: look.muted},
    min: 0,
    splitLine: {show: false},
  };
}

function logAxis(look: Look, lines: Array<Array<[number, number]>>) {
  const {min, max, values} = logTicks(lines.flatMap((points) => points.map(([, y]) => y)));
  return {
    ...axis(look),
    type: 'log',
    min,
    max,
    axisLabel: {...axis(look).axisLabel, customValues: values, formatter: rounded},
  };
}

function shareAxis(look: Look, lines: Array<Array<[number, number]>>) {
  const shares = lines.flatMap((points) => points.slice(1).map(([, y]) => y));
  const lowest = shares.reduce((a, b) => Math.min(a, b), 1);
  // Untrained networks would take up most of the axis.
  const min = [0.9, 0.8, 0.6, 0.2].find((bound) => bound <= lowest) ?? 0;
  return {
    ...axis(look),
    type: 'value',
    min,
    max: 1,
    interval: (1 - min) / (min === 0 ? 5 : 4),
    axisLabel: {
      ...axis(look).axisLabel,
      formatter: (share: number) => `${Number((100 * share).toFixed(1))} %`,
    },
  };
}

function valueAxis(look: Look) {
  return {...axis(look), type: 'value', scale: true, splitNumber: 4};
}

function tooltip({surface, line: borderColor, ink, font}: Look, format: (value: number) => string) {
  return {
    trigger: 'axis',
    confine: true,
    backgroundColor: surface,
    borderColor,
    textStyle: {color: ink, fontFamily: font, fontSize: 12},
    valueFormatter: (value: number) => format(value),
    axisPointer: {label: {formatter: ({value}: {value: number}) => rounded(value)}},
  };
}

function line(
  name: string,
  data: Array<[number, number]>,
  color: string,
  style: {width: number; type: 'solid' | number[]},
) {
  return {
    type: 'line',
    name,
    data,
    showSymbol: data.length <= 15,
    symbolSize: 6,
    itemStyle: {color},
    lineStyle: {color, ...style},
    emphasis: {disabled: true},
  };
}
