import type {RunRecord} from '../shared/run_record';
import {createChart} from './chart';
import {curveOption, type Panel, panels, summaryOf} from './chart_options';
import {create, element} from './element';
import {currentLook} from './look';
import {type Numbers, percent, shown} from './numbers';

/** The learning curves. */
export function curves() {
  const charts = panels.map((panel) => ({panel, chart: createChart(panel.title)}));
  element('curves', HTMLElement).replaceChildren(...charts.map(({chart}) => chart.figure));
  const about = element('about-run', HTMLElement);
  const legend = element('curves-legend', HTMLElement);

  return (record: RunRecord | null) => {
    if (record === null) return;
    const {network, data} = record;
    about.textContent = `${network} on ${data.name} · ${summaryOf(record)}${data.note ? ` · ${data.note}` : ''}`;
    legend.replaceChildren(
      ...record.sides.map(({label, method}) => {
        const key = create('span', {className: 'key', textContent: label});
        key.dataset.method = method;
        return key;
      }),
    );
    for (const {panel, chart} of charts) {
      chart.show(
        () => curveOption(record, panel, currentLook()),
        () => numbersOf(record, panel),
        describe(record, panel),
      );
    }
  };
}

function numbersOf({sides}: RunRecord, {title, x, y}: Panel): Numbers {
  const format = y === 'loss' ? shown : percent;
  return {
    caption: title,
    columns: [x === 'epoch' ? 'Epoch' : 'Seconds', ...sides.map(({label}) => label)],
    rows:
      x === 'epoch'
        ? sides[sides[0].points.length >= sides[1].points.length ? 0 : 1].points.map(
            ({epoch, step}) => [
              epoch.toFixed(1),
              ...sides.map(({points}) => format(points.find((point) => point.step === step)?.[y])),
            ],
          )
        : sides
            .flatMap(({points}, side) => points.map((point) => ({...point, side})))
            .sort((a, b) => a.seconds - b.seconds)
            .map(({seconds, side, [y]: value}) => [
              seconds.toFixed(2),
              ...sides.map((_, i) => (i === side ? format(value) : '')),
            ]),
  };
}

function describe({sides}: RunRecord, {title, y}: Panel): string {
  const ends = sides.map(({label, points}) => {
    const value = points.at(-1)?.[y];
    return `${label} ${y === 'loss' ? shown(value) : percent(value)}`;
  });
  return `${title}. Now ${ends.join(', ')}.`;
}
