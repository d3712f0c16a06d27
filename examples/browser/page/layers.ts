import type {RunRecord} from '../shared/run_record';
import {createChart} from './chart';
import {
  contraction,
  contractionOption,
  historyOf,
  layerName,
  type Quantity,
  quantities,
  quantityOption,
  residualOption,
  residualsOf,
} from './chart_options';
import {create, element} from './element';
import {currentLook} from './look';
import {type Numbers, shown, tableOf} from './numbers';

/** What is measured of every layer: over the iterations, over the epochs, and the newest as a table. */
export function layers() {
  const table = element('layer-table', HTMLElement);
  // It scrolls, so that keys must reach it.
  table.tabIndex = 0;
  // α has a chart of its own.
  const choices = quantities.filter((quantity) => quantity !== contraction);
  const choice = create(
    'select',
    {className: 'quantity'},
    ...choices.map(({name}) => new Option(name)),
  );
  choice.setAttribute('aria-label', 'Quantity to draw');
  const legends = [0, 1, 2].map(() => create('p', {className: 'legend'}));
  const residuals = createChart('Inversion residual by iteration, newest step', legends[0]);
  const contractions = createChart('Contraction α by epoch', legends[1]);
  const overTime = createChart(choice, ' by epoch', legends[2]);
  overTime.figure.className = 'wide';
  element('layer-charts', HTMLElement).replaceChildren(
    residuals.figure,
    contractions.figure,
    overTime.figure,
  );
  let present: RunRecord | null = null;

  const drawQuantity = (record: RunRecord) => {
    const quantity = choices[choice.selectedIndex];
    showKeys(legends[2], record, (l) => historyOf(record, quantity, l));
    overTime.show(
      () => quantityOption(record, quantity, currentLook()),
      () => historyNumbers(record, quantity),
      describeNewest(record, quantity),
    );
  };
  choice.addEventListener('change', () => present && drawQuantity(present));

  return (record: RunRecord | null) => {
    if (record === null) return;
    present = record;
    showKeys(legends[0], record, (l) => residualsOf(record, l).measured);
    showKeys(legends[1], record, (l) => historyOf(record, contraction, l));
    residuals.show(
      () => residualOption(record, currentLook()),
      () => residualNumbers(record),
      describeResiduals(record),
    );
    contractions.show(
      () => contractionOption(record, currentLook()),
      () => historyNumbers(record, contraction),
      describeNewest(record, contraction),
    );
    drawQuantity(record);
    table.replaceChildren(newest(record));
  };
}

/** The keys of those layers that have a line in a chart: the lowest one has no target to invert. */
function showKeys(
  legend: HTMLElement,
  {layers}: RunRecord,
  lineOf: (l: number) => unknown[],
): void {
  const look = currentLook();
  const keys = layers.map((_, l) => {
    const key = create('span', {className: 'key', textContent: layerName(l)});
    key.style.setProperty('--key', look.layer(l, layers.length));
    return key;
  });
  legend.replaceChildren(...keys.filter((_, l) => lineOf(l).length > 0));
}

function historyNumbers(record: RunRecord, quantity: Quantity): Numbers {
  return {
    caption: `${quantity.name}, ${quantity.label}`,
    columns: ['Epoch', ...record.layers.map((_, l) => layerName(l))],
    rows: record.watched.map(({epoch, layers: measured}) => [
      epoch.toFixed(1),
      ...record.layers.map((_, l) => shown(measured[l] && quantity.of(measured[l]))),
    ]),
  };
}

function describeNewest(record: RunRecord, quantity: Quantity): string {
  return describe(`${quantity.name} by epoch`, record, (l) => {
    const newest = historyOf(record, quantity, l).at(-1);
    return newest && shown(newest[1]);
  });
}

function describeResiduals(record: RunRecord): string {
  return describe('Inversion residual by iteration, newest step', record, (l) => {
    const {measured} = residualsOf(record, l);
    if (measured.length === 0) return undefined;
    return `from ${shown(measured[0][1])} to ${shown(measured[measured.length - 1][1])}`;
  });
}

/** For those who hear the page: where the lines of a chart are now. */
function describe(
  title: string,
  {layers}: RunRecord,
  of: (l: number) => string | undefined,
): string {
  const now = layers.flatMap((_, l) => {
    const value = of(l);
    return value === undefined ? [] : [`${layerName(l)} ${value}`];
  });
  return now.length === 0 ? `${title}.` : `${title}. Now ${now.join(', ')}.`;
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

function newest({watched, layers, sides}: RunRecord): HTMLElement {
  const moment = watched.at(-1);
  if (moment === undefined) {
    return create('p', {
      className: 'empty',
      textContent:
        sides[0].failure === null
          ? 'Nothing has been measured yet: the second step is the first to be.'
          : 'Nothing was measured before the network stopped.',
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
