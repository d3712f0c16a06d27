import type {Look} from '../../examples/browser/page/look';

/** Colours with names of their own. */
export const someLook: Look = {
  ink: 'black',
  muted: 'grey',
  line: 'silver',
  surface: 'white',
  font: 'sans-serif',
  methods: {dtp: 'red', adam: 'blue', sgd: 'violet', bp: 'green'},
  layer: (index) => `layer ${index}`,
};
