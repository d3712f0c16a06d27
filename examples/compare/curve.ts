import type {RateResult} from './compare';
import type {EpochResult} from './run';
import {mean} from './statistics';

/** The course of a training, epoch 0 first; every value is the mean over the seeds. */
export function curve({runs}: RateResult): EpochResult[] {
  const epochs = Math.min(...runs.map((run) => run.epochs.length));
  return Array.from({length: epochs}, (_, epoch) => {
    const average = (field: keyof EpochResult) => mean(runs.map((run) => run.epochs[epoch][field]));
    return {loss: average('loss'), score: average('score'), seconds: average('seconds')};
  });
}
