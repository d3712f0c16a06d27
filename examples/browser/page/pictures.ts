import type {RunRecord} from '../shared/run_record';
import {create, element} from './element';
import {shown} from './numbers';
import {drawPixels} from './pixels';

/** Images, and what the stack of decoders makes of them from every layer. */
export function pictures() {
  const place = element('pictures', HTMLElement);
  let drawn: unknown;

  return (record: RunRecord | null) => {
    if (record === null) return;
    const {reconstructions, irreversible, data, sides} = record;
    if (drawn === (reconstructions ?? record)) return;
    drawn = reconstructions ?? record;
    if (reconstructions === null) {
      const yet =
        sides[0].failure === null
          ? 'The decoders have not learned yet: images appear with the second step.'
          : 'No images were made before the network stopped.';
      const textContent = irreversible ?? yet;
      place.replaceChildren(create('p', {className: 'empty', textContent}));
      return;
    }
    place.replaceChildren(
      ...reconstructions.map(({label, pixels, error}) => {
        const canvas = create('canvas');
        const mean = error === null ? '' : `mean squared error ${shown(error)}`;
        canvas.setAttribute('role', 'img');
        canvas.setAttribute(
          'aria-label',
          `${label}: images of test digits, ${mean || 'as they are'}`,
        );
        drawPixels(canvas, pixels, data.rows, data.columns);
        canvas.style.setProperty('--images', String(pixels.length / (data.rows * data.columns)));
        const name = create(
          'p',
          {},
          label,
          create('span', {className: 'muted', textContent: mean}),
        );
        return create('div', {className: 'row'}, name, canvas);
      }),
    );
  };
}
