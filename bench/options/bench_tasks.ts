import type {NetworkName} from '../../examples/compare/networks';

/** The networks that the options are tried on, by the names of the columns of the report. */
export const benchTasks = {
  A: {network: 'mlp', label: 'A: two wide relu layers'},
  B: {network: 'deep', label: 'B: six tanh layers'},
  C: {network: 'autoencoder', label: 'C: tanh autoencoder'},
} satisfies Record<string, {network: NetworkName; label: string}>;

export type BenchTask = keyof typeof benchTasks;
