import type {RunRecord} from '../shared/run_record';
import {createChart} from './chart';
import {layerName, quantities, quantityOption, residualOption} from './chart_options';
import {create, element} from './element';
import {currentLook} from './look';
import {type Numbers, shown, tableOf} from './numbers';

/** What is measured of every layer: over the epochs, over the iterations, and the newest as a table. */
export function layers() {
  const table = element('layer-table', HTMLElement);
  // It scrolls, so that keys must reach it.
  table.tabIndex = 0;
  const choice = create(
    'select',
    {className: 'quantity'},
    ...quantities.map(({name}) => new Option(name)),
  );
  choice.setAttribute('aria-label', 'Quantity to draw');
  const legend = create('span', {className: 'legend'});
  const overTime = createChart(choice, ' by epoch', legend);
  const residuals = createChart(
    'Inversion residual by iteration, newest step (α to the power of t)',
  );
  element('layer-charts', HTMLElement).replaceChildren(overTime.figure, residuals.figure);
  let present: RunRecord | null = null;

  const drawQuantity = (record: RunRecord) => {
    const quantity = quantities[choice.selectedIndex];
    overTime.show(
      () => quantityOption(record, quantity, currentLook()),
      () => ({
        caption: `${quantity.name}, ${quantity.label}`,
        columns: ['Epoch', ...record.layers.map((_, l) => layerName(l))],
        rows: record.watched.map(({epoch, layers: measured}) => [
          epoch.toFixed(1),
          ...record.layers.map((_, l) => shown(measured[l] && quantity.of(measured[l]))),
        ]),
      }),
      `${quantity.name} of every layer by epoch`,
    );
  };
  choice.addEventListener('change', () => present && drawQuantity(present));

  return (record: RunRecord | null) => {
    if (record === null) return;
    present = record;
    drawQuantity(record);
    residuals.show(
      () => residualOption(record, currentLook()),
      () => residualNumbers(record),
      'Residual of the inversion of every layer by iteration, of the newest measurement',
    );
    const look = currentLook();
    legend.replaceChildren(
      ...record.layers.map((_, l) => {
        const key = create('span', {className: 'key', textContent: layerName(l)});
        key.style.setProperty('--key', look.layer(l, record.layers.length));
        return key;
      }),
    );
    table.replaceChildren(newest(record));
  };
}

function residualNumbers({watched, layers}: RunRecord): Numbers {
  const measured = watched.at(-1)?.layers ?? [];
  const of = (l: number) => measured[l]?.inversion?.residuals ?? [];
  const count = Math.max(0, ...layers.map((_, l) => of(l).length));
  return {
    caption: 'Inversion residual by iteration',
    columns: ['Iteration', ...layers.map((_, l) => layerName(l))],
    rows: [...Array(count).keys()].map((t) => [
      String(t),
      ...layers.map((_, l) => shown(of(l)[t])),
    ]),
  };
}

function newest({watched, layers}: RunRecord): HTMLElement {
  const moment = watched.at(-1);
  if (moment === undefined) {
    return create('p', {
      className: 'empty',
      textContent: 'Nothing has been measured yet: the second step is the first to be.',
    });
  }
  return tableOf({
    caption: `Step ${moment.step}`,
    columns: ['Layer', 'Units', ...quantities.map(({name}) => name)],
    rows: layers.map(({label}, l) => [
      layerName(l),
      label,
      ...quantities.map(({of}) => shown(moment.layers[l] && of(moment.layers[l]))),
    ]),
  });
}
