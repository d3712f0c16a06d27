import * as tf from '@tensorflow/tfjs';
import type {InfluenceName} from '../../src/influence/index';
import {weigh} from '../../src/influence/weigh';
import {resolveConfig} from '../../src/optimizer/resolve_config';
import {createStep, type LayerRecord, withStep} from '../../src/step/training_step';
import {onEveryBackend} from '../support/backends';
import {expectTensorsClose} from '../support/expect_tensors';
import {tensorsLeftBy} from '../support/tensors_left';

onEveryBackend('weigh', () => {
  it('goes down from the output, as each layer’s share follows from those that it feeds', () => {
    const output = call({difference: [2], sent: {squaredNorm: 9, gain: 0.5}});
    const middle = call({difference: [3], sent: {squaredNorm: 1, gain: 0.8}, feeds: [output]});
    const bottom = call({difference: [1], feeds: [middle]});

    expectShares('measured', [bottom, middle, output], [0.8 * 0.5, 0.5, 1]);
  });

  it('sums ‖d_L‖² over the outputs that a layer leads to, each counted once', () => {
    const [left, right] = [call({difference: [1]}), call({difference: [2, 2]})];
    const inner = call({difference: [3], feeds: [right]});
    const shared = call({difference: [4], feeds: [left, inner, right]});

    expectShares('paper', [shared, inner, left, right], [(1 + 8) / 16, 8 / 9, 1, 1]);
  });

  it('counts as layers that move those that are trained and have a target', () => {
    const records = [
      call({difference: [1]}),
      call({difference: [1], trains: false}),
      call({difference: [1]}),
      call({difference: null}),
    ];

    expectShares('uniform', records, [1 / 2, 1 / 2, 1 / 2, null]);
  });

  it('takes for the output the last layer that has a target', () => {
    const leadsNowhere = call({difference: null});
    const output = call({difference: [2], feeds: [leadsNowhere]});
    const below = call({difference: [1], feeds: [output]});

    expectShares('paper', [below, output, leadsNowhere], [4, 1, null]);
  });

  it('leaves no tensor behind but the shares, which are the step’s', () => {
    const records = [call({difference: [1]})];
    records.unshift(call({difference: [3], feeds: [...records]}));

    expect(tensorsLeftBy(() => void shares('paper', records))).toBe(0);
  });
});

function expectShares(
  influence: InfluenceName,
  records: LayerRecord[],
  expected: Array<number | null>,
): void {
  for (const [i, share] of shares(influence, records).entries()) {
    if (share === null || expected[i] === null) expect(share).toBe(expected[i]);
    else expectTensorsClose(tf.tensor1d([share]), [expected[i]], 1e-6);
  }
}

/** s_l of every call, of its only example. */
function shares(influence: InfluenceName, records: LayerRecord[]): Array<number | null> {
  const step = createStep(resolveConfig({influence}), new Set(), () => {});
  step.records.push(...records);
  return withStep(step, () => {
    weigh(step);
    return records.map((record) => record.influence?.dataSync()[0] ?? null);
  });
}

/** A call of a layer, on one example, at the end of the pass down. */
function call({
  difference,
  sent = {squaredNorm: 1, gain: 1},
  feeds = [],
  trains = true,
}: {
  difference: number[] | null;
  sent?: {squaredNorm: number; gain: number};
  feeds?: LayerRecord[];
  trains?: boolean;
}): LayerRecord {
  const record: Partial<LayerRecord> = {
    trains,
    consumers: feeds,
    difference: difference && tf.tensor2d([difference]),
    passed: {squaredNorm: tf.tensor1d([sent.squaredNorm]), gain: tf.tensor1d([sent.gain])},
    influence: null,
  };
  return record as LayerRecord;
}
