import type {State} from './app';
import {create, element} from './element';
import {percent} from './numbers';

/** What both networks take the image for: a bar for each class. */
export function verdicts() {
  const place = element('verdicts', HTMLElement);
  const spoken = element('spoken', HTMLElement);

  return ({record, verdicts: [first, second], probe, isOpened}: State) => {
    if (record === null) return;
    const said: string[] = [];
    place.replaceChildren(
      ...[first, second].map((probabilities, i) => {
        const {label, method} = record.sides[i];
        const best = probabilities?.indexOf(Math.max(...probabilities)) ?? null;
        if (best !== null) said.push(`${label} says ${best}`);
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
        : `${said.join(', ')}.`;
    if (spoken.textContent !== hint) spoken.textContent = hint;
  };
}
