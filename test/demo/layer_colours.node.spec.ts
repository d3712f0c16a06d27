import {readFileSync} from 'node:fs';
import {layerColour} from '../../examples/browser/page/layer_colours';

const style = readFileSync('examples/browser/style.css', 'utf8');
const [light, dark] = [...style.matchAll(/--surface: (#[0-9a-f]{6});/g)].map(
  ([, colour]) => colour,
);

/** CIE XYZ of sRGB, white being [1, 1, 1]; the second is the relative luminance of WCAG 2. */
function xyz(colour: string): number[] {
  const parts = colour.startsWith('#')
    ? [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16))
    : (colour.match(/\d+/g) ?? []).map(Number);
  const [r, g, b] = parts
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return [
    0.4339 * r + 0.3762 * g + 0.1899 * b,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    0.0178 * r + 0.1098 * g + 0.8724 * b,
  ];
}

function contrast(first: string, second: string): number {
  const [above, below] = [xyz(first)[1], xyz(second)[1]].sort((a, b) => b - a);
  return (above + 0.05) / (below + 0.05);
}

/** How far apart colours are in CIELAB; 2 can just be told apart side by side. */
function distance(...colours: [string, string]): number {
  const [first, second] = colours.map((colour) => {
    const [x, y, z] = xyz(colour).map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  });
  return Math.hypot(...first.map((part, i) => part - second[i]));
}

describe('The colours of layers', () => {
  for (const [scheme, surface] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    it(`stand out from what they are drawn on and from each other, ${scheme}`, () => {
      for (let count = 1; count <= 8; count++) {
        const colours = [...Array(count).keys()].map((l) => layerColour(scheme, l, count));
        for (const [l, colour] of colours.entries()) {
          // What graphics need (WCAG 2, 1.4.11).
          expect(contrast(colour, surface)).toBeGreaterThan(3);
          for (const other of colours.slice(l + 1)) {
            expect(distance(colour, other)).toBeGreaterThan(18);
          }
        }
      }
    });
  }
});
