import {type MethodName, methods} from '../examples/compare/methods';
import type {Schedule} from '../examples/compare/schedule';
import type {TaskName} from '../examples/compare/tasks';

/** A line of a table of results: a method, how its rate falls, and the rates it may choose from. */
export interface Contender {
  label: string;
  method: MethodName;
  schedule: Schedule;
  rates: (task: TaskName) => number[];
}

const ofUpdate = () => [1, 2, 4, 8];
const ofAdam = () => [3e-4, 1e-3, 3e-3, 1e-2];
// The loss of `reconstruct` is a sum over pixels, and so are its gradients.
const ofSgd = (task: TaskName) =>
  task === 'classify' ? [0.01, 0.03, 0.1, 0.3] : [1e-3, 3e-3, 1e-2, 3e-2];

/** Who takes part. Rates are chosen by train loss; test images choose nothing. */
const table = {
  dtp: {
    label: 'DTP, defaults',
    method: 'dtp',
    schedule: 'constant',
    rates: (task) => methods.dtp.rates(task, {}),
  },
  'dtp-tuned': {label: 'DTP, tuned', method: 'dtp', schedule: 'constant', rates: ofUpdate},
  'dtp-cosine': {label: 'DTP, tuned, cosine', method: 'dtp', schedule: 'cosine', rates: ofUpdate},
  bp: {label: 'BP + same update', method: 'bp', schedule: 'constant', rates: ofUpdate},
  'bp-cosine': {
    label: 'BP + same update, cosine',
    method: 'bp',
    schedule: 'cosine',
    rates: ofUpdate,
  },
  adam: {label: 'Adam', method: 'adam', schedule: 'constant', rates: ofAdam},
  'adam-cosine': {label: 'Adam, cosine', method: 'adam', schedule: 'cosine', rates: ofAdam},
  sgd: {label: 'SGD + momentum', method: 'sgd', schedule: 'constant', rates: ofSgd},
  'sgd-cosine': {
    label: 'SGD + momentum, cosine',
    method: 'sgd',
    schedule: 'cosine',
    rates: ofSgd,
  },
} satisfies Record<string, Contender>;

export type ContenderName = keyof typeof table;
export const contenders: Record<ContenderName, Contender> = table;
