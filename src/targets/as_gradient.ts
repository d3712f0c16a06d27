import {reachesAlone} from '../step/link_records';
import type {TargetPoint, TrainingStep} from '../step/training_step';

/**
 * Whether what points send down is to be as large as a gradient: where it passes trained weights of stock
 * layers, which take it for one, or meets what came another way. Only `measured` influence knows how large.
 *
 *     s_{l−1} d_{l−1} ≈ −β ∂L_b/∂h_{l−1}                                      (after Bengio 2020, §8)
 *
 * It is sent times its influence then, and what lies below has an influence of 1.
 */
export function goesAsGradient({config}: TrainingStep, points: TargetPoint[]): boolean {
  return config.influence === 'measured' && !points.every((point) => reachesAlone(point, points));
}
