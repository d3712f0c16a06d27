import type {RunRecord, Side} from '../shared/run_record';
import {create, element} from './element';
import {headline} from './headline';
import {percent, shown} from './numbers';
import type {State} from './state';

/** Where both networks are, in numbers, and who is ahead. */
export function scoreCards() {
  const cards = element('cards', HTMLElement);
  const line = element('headline', HTMLElement);
  const opened = element('opened', HTMLElement);

  return ({record, isOpened}: State) => {
    if (record === null) return;
    cards.replaceChildren(...record.sides.map((side) => card(side, record)));
    line.textContent = headline(record) ?? silence(record);
    opened.hidden = !isOpened;
    opened.textContent =
      'This run was opened from a file, without its networks. Start or Reset begins a new one with its settings.';
  };
}

/** Why there is no headline. */
function silence({sides}: RunRecord): string {
  return sides.every(({failure}) => failure !== null)
    ? 'Both networks have stopped before there was anything to compare. Reset to begin anew.'
    : 'Press Start. The first curves appear after an epoch, that is in a second or so on the bundled digits.';
}

function card({method, label, rate, points, failure}: Side, {stepsPerEpoch}: RunRecord) {
  const now = points.at(-1);
  const pace = now && now.step > 0 ? (1000 * now.seconds) / now.step : null;
  const values: Array<[name: string, value: string]> = [
    ['Train loss', shown(now?.loss)],
    ['Test accuracy', percent(now?.accuracy)],
    ['Seconds', now ? now.seconds.toFixed(1) : '–'],
    ['ms a step', shown(pace)],
  ];
  const article = create(
    'article',
    {className: 'card'},
    create('h3', {}, label, create('span', {className: 'muted', textContent: ` rate ${rate}`})),
    create(
      'dl',
      {},
      ...values.map(([name, value]) =>
        create('div', {}, create('dt', {textContent: name}), create('dd', {textContent: value})),
      ),
    ),
    ...(failure === null ? [] : [create('p', {className: 'failure', textContent: failure})]),
  );
  article.dataset.method = method;
  article.dataset.epoch = String((now?.step ?? 0) / stepsPerEpoch);
  return article;
}
