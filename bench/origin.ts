import {circumstances} from '../examples/compare/record';
import {type Commit, currentCommit} from './commit';

/** When, where and of what something was measured. */
export type Origin = Commit & ReturnType<typeof circumstances>;

export function origin(): Origin {
  return {...currentCommit(), ...circumstances()};
}

/** Of what, where and when, as a Markdown list. */
export function originLines({commit, dirty, date, versions, machine}: Origin): string[] {
  return [
    `- commit ${commit}${dirty ? ' with changes that are not committed' : ''}, ${date.slice(0, 16)}`,
    `- ${machine.processor}, ${machine.cores} cores, ${machine.platform}; Node ${versions.node}, ` +
      `TensorFlow.js ${versions.tfjs}`,
  ];
}
