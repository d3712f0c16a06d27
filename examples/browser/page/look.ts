import type {Side} from '../shared/run_record';
import {layerColour} from './layer_colours';

const dark = '(prefers-color-scheme: dark)';

/** The colours of the page, for what is not drawn by its style sheet. */
export interface Look {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  font: string;
  methods: Record<Side['method'], string>;
  /** The colour of a layer, the first of so many. */
  layer(index: number, count: number): string;
}

/** What the style sheet says at the moment. */
export function currentLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const scheme = matchMedia(dark).matches ? 'dark' : 'light';
  return {
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    surface: of('surface'),
    // Pictures have it in an attribute, which double quotes would end.
    font: of('sans').replaceAll('"', "'"),
    methods: {dtp: of('dtp'), adam: of('adam'), sgd: of('sgd'), bp: of('bp')},
    layer: (index, count) => layerColour(scheme, index, count),
  };
}

/** Calls when light becomes dark, or dark light. */
export function onLookChange(listener: () => void): void {
  matchMedia(dark).addEventListener('change', listener);
}
