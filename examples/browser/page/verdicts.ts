import type {Verdict} from '../shared/protocol';
import {create, element} from './element';
import {percent} from './numbers';
import type {State} from './state';

/** What both networks take the image for: a bar for each class. */
export function verdicts() {
  const place = element('verdicts', HTMLElement);
  const spoken = element('spoken', HTMLElement);

  return ({record, verdicts: [first, second], probe, isOpened}: State) => {
    if (record === null) return;
    const labels = record.sides.map(({label}) => label);
    place.replaceChildren(
      ...[first, second].map((probabilities, i) => {
        const {label, method} = record.sides[i];
        const best = classOf(probabilities);
        const title = create('h3', {}, label);
        title.append(
          create('span', {
            className: 'answer',
            textContent: best === null ? '–' : `${best}`,
          }),
        );
        const list = create(
          'ol',
          {className: 'bars'},
          ...[...Array(record.data.classes).keys()].slice(0, 10).map((digit) => {
            const share = probabilities?.[digit] ?? 0;
            const bar = create('span', {className: 'bar'});
            bar.style.setProperty('--share', String(share));
            return create(
              'li',
              {className: digit === best ? 'best' : ''},
              create('span', {className: 'digit', textContent: String(digit)}),
              bar,
              create('span', {
                className: 'share',
                textContent: probabilities ? percent(share) : '',
              }),
            );
          }),
        );
        const block = create('div', {className: 'verdict'}, title, list);
        block.dataset.method = method;
        return block;
      }),
    );
    const hint = isOpened
      ? 'A run from a file has no networks to ask.'
      : probe.pixels.length === 0
        ? ''
        : spokenOf(labels, [first, second]);
    if (spoken.textContent !== hint) spoken.textContent = hint;
  };
}

/** The class that a network takes an image for; null if it says none, or has no numbers any more. */
export function classOf(verdict: Verdict): number | null {
  if (verdict === null || !verdict.every(Number.isFinite)) return null;
  return verdict.indexOf(Math.max(...verdict));
}

/** What both networks say, for those who hear the page; nothing while none has answered. */
export function spokenOf(labels: string[], verdicts: Verdict[]): string {
  const said = verdicts.flatMap((verdict, i) => {
    const best = classOf(verdict);
    return best === null ? [] : [`${labels[i]} says ${best}`];
  });
  return said.length === 0 ? '' : `${said.join(', ')}.`;
}
