import {example} from '../updates/example';
import {minibatch} from '../updates/minibatch';

/** The rules that `decoders.rule` chooses from: how the weights of a map fit its rows. */
export const decoderRules = {
  /** The damped least-squares fit of all rows: {@link updates.minibatch}. */
  gram: minibatch,
  /** The paper's normalised delta rule: {@link updates.example}. */
  delta: example,
};

/** The name of a rule: a key of {@link decoderRules}. */
export type DecoderRule = keyof typeof decoderRules;
