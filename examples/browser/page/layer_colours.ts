import {interpolateTurbo} from 'd3-scale-chromatic';

/** What of the scale stands out from the surface, by a contrast of 3: where, and how much of its light. */
const parts = {
  light: {from: 0.1, to: 0.95, share: 0.65},
  dark: {from: 0.1, to: 0.88, share: 1},
} as const;

/** The colour of a layer, the first of so many: from blue, of the lowest, by green to red. */
export function layerColour(scheme: keyof typeof parts, index: number, count: number): string {
  const {from, to, share} = parts[scheme];
  const colour = interpolateTurbo(from + ((to - from) * index) / Math.max(1, count - 1));
  return colour.replace(/\d+/g, (part) => String(Math.round(share * Number(part))));
}
