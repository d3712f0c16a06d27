import {LineChart} from 'echarts/charts';
import {GridComponent, LegendComponent, TitleComponent, TooltipComponent} from 'echarts/components';
import {type EChartsCoreOption, type EChartsType, init, use} from 'echarts/core';
import {SVGRenderer} from 'echarts/renderers';
import {drawQueue} from './draw_queue';
import {create} from './element';
import {type Numbers, tableOf} from './numbers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, TooltipComponent, SVGRenderer]);

const queue = drawQueue((drawNext) => requestAnimationFrame(drawNext));

/** A chart with a title, and its numbers as a table behind a button. */
export interface Chart {
  readonly figure: HTMLElement;
  /** Draws it when there is time and it can be seen. */
  show(option: () => EChartsCoreOption, numbers: () => Numbers, description: string): void;
}

/** @param head What stands above it: a title, or more. */
export function createChart(...head: Array<Node | string>): Chart {
  const canvas = create('div', {className: 'plot'});
  canvas.setAttribute('role', 'img');
  const table = create('div', {className: 'scroll', tabIndex: 0});
  table.setAttribute('role', 'region');
  table.setAttribute('aria-label', 'Numbers of the chart');
  const details = create(
    'details',
    {},
    create('summary', {className: 'numbers', textContent: 'Numbers'}),
    table,
  );
  const figure = create('figure', {}, create('figcaption', {}, ...head), canvas, details);

  let chart: EChartsType | null = null;
  let shown: {option: () => EChartsCoreOption; numbers: () => Numbers} | null = null;
  let isVisible = false;

  const draw = () => {
    if (shown === null || !isVisible || canvas.clientWidth === 0) return;
    if (chart === null) {
      chart = init(canvas, null, {renderer: 'svg'});
      new ResizeObserver(() => chart?.resize()).observe(canvas);
    }
    chart.setOption(shown.option(), {replaceMerge: ['series']});
    if (details.open) table.replaceChildren(tableOf(shown.numbers()));
  };
  details.addEventListener('toggle', () => queue(draw));
  new IntersectionObserver(([{isIntersecting}]) => {
    isVisible = isIntersecting;
    if (isVisible) queue(draw);
  }).observe(figure);

  return {
    figure,
    show(option, numbers, description) {
      shown = {option, numbers};
      canvas.setAttribute('aria-label', description);
      queue(draw);
    },
  };
}

/** An option as a picture of its own. */
export function svgOf(option: EChartsCoreOption, width: number, height: number): string {
  const chart = init(null, null, {renderer: 'svg', ssr: true, width, height});
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
