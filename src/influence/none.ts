import type {Influence} from './index';

/**
 * Every layer takes its whole step: DTP1.
 *
 *     s_l = 1                                                         (Bengio 2020, §3, delta-dtp)
 *
 * Each layer alone would bring h_L to τ_L; L layers at once move it L times as far.
 */
export const none: Influence = {
  scale: ({differenceScale}) => differenceScale(),
};
