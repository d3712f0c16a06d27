import {readdirSync, readFileSync} from 'node:fs';
import {drawLineChart} from '../../docs/figures/line_chart';

describe('The figures of docs/how_it_works.md', () => {
  const page = readFileSync('docs/how_it_works.md', 'utf8');

  it('are all that there are, each with words for those who do not see it', () => {
    const shown = Array.from(
      page.matchAll(/!\[(.+)\]\(figures\/(\w+\.svg)\)/g),
      ([, , file]) => file,
    );
    const files = readdirSync('docs/figures').filter((file) => file.endsWith('.svg'));
    expect(shown.sort()).toEqual(files.sort());
    expect(files.length).toBeGreaterThan(1);
  });

  it('are small', () => {
    for (const file of readdirSync('docs/figures')) {
      expect(readFileSync(`docs/figures/${file}`).length).toBeLessThan(40_000);
    }
  });

  it('are drawn with a curve for each layer or method, whose labels keep all their digits', () => {
    const svg = drawLineChart({
      title: 'Loss',
      x: 'epoch',
      y: {name: 'loss', logarithmic: true},
      curves: [
        {
          name: 'one',
          points: [
            [0, 1],
            [1, 0.03],
          ],
        },
        {
          name: 'two (rate 0.01)',
          points: [
            [0, 1],
            [1, 0.01],
          ],
        },
      ],
    });
    expect(svg).toMatch(/^<svg /);
    for (const text of ['Loss', 'epoch', 'one', 'two (rate 0.01)', '0.01']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg.match(/<path[^>]* stroke="#(d55e00|0072b2)" stroke-width="2.5"/g)?.length).toBe(2);
  });
});
