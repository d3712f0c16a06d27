import {reconstruction} from './autoencoder';
import {learningFrom} from './lessons';
import {reachability} from './reverse';

/**
 * Learns `autoencoder` and `reverse` at once, g ∘ f → identity and f ∘ g → identity: a step is the
 * mean of both steps.                                                        (Bengio 2020, §10.2)
 */
export const both = learningFrom(reconstruction, reachability);
