import {reachesAlone} from '../step/link_records';
import type {TargetPoint, TrainingStep} from '../step/training_step';

/**
 * Whether the targets that these points send down must have the size of gradients: they pass trained weights
 * of stock layers, which take them for gradients, or are added to what came another way.
 *
 *     s_{l−1} d_{l−1} ≈ −β ∂L_b/∂h_{l−1}                                      (after Bengio 2020, §8)
 *
 * Each is then sent multiplied by its influence, and what lies below has an influence of 1. Only `measured`
 * influence knows the size of a gradient; with others the answer is no.
 */
export function goesAsGradient({config}: TrainingStep, points: TargetPoint[]): boolean {
  return config.influence === 'measured' && !points.every((point) => reachesAlone(point, points));
}
