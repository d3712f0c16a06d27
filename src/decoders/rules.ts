import {example} from '../updates/example';
import {minibatch} from '../updates/minibatch';

/** The rules that `decoders.rule` chooses from: how the weights of a map fit its rows. */
export const decoderRules = {gram: minibatch, delta: example};

export type DecoderRule = keyof typeof decoderRules;
