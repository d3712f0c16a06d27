import {headline} from '../../examples/browser/page/headline';
import type {RunRecord} from '../../examples/browser/shared/run_record';
import {pointAt, someRun} from './some_run';

describe('The headline', () => {
  it('says nothing before both networks have taken a step', () => {
    expect(headline(someRun())).toBeNull();
    expect(headline(someRun([[2], [2]]))).toBeNull();
    expect(headline(someRun([[2, 1], [2]]))).toBeNull();
  });

  it('says nothing of losses that are no numbers, or that a file has not', () => {
    expect(
      headline(
        someRun([
          [2, Number.NaN],
          [2, 1],
        ]),
      ),
    ).toBeNull();
    expect(
      headline(
        someRun([
          [2, 1],
          [2, Number.POSITIVE_INFINITY],
        ]),
      ),
    ).toBeNull();
    const read = JSON.parse(
      JSON.stringify(
        someRun([
          [2, 1],
          [2, Number.NaN],
        ]),
      ),
    );
    expect(headline(read)).toBeNull();
  });

  const cases: Array<{where: string; losses: [number[], number[]]; says: string}> = [
    {
      where: 'which falls',
      losses: [
        [2, 0.9, 0.4, 0.1],
        [2, 1.2, 0.8, 0.5],
      ],
      says: 'Adam’s present loss of 0.500 after 2 epochs and 2.00 s; Adam took 3 epochs and 3.00 s.',
    },
    {
      where: 'which has gone up since',
      losses: [
        [2, 0.2, 0.07, 0.06],
        [2, 0.07, 0.05, 0.08],
      ],
      says: 'Adam’s present loss of 0.0800 after 2 epochs and 2.00 s; Adam took 1 epoch and 1.00 s.',
    },
  ];
  for (const {where, losses, says} of cases) {
    it(`names the first moments at which both were where the other is now, ${where}`, () => {
      expect(headline(someRun(losses))).toBe(`DTP had reached ${says}`);
    });
  }

  it('says the same of the networks in the other order', () => {
    const run = someRun([
      [2, 0.9, 0.4, 0.1],
      [2, 1.2, 0.8, 0.5],
    ]);
    const [dtp, adam] = run.sides;
    const swapped: RunRecord = {...run, sides: [adam, dtp]};
    expect(headline(swapped)).toBe(headline(run));
  });

  it('reports that the other one is ahead as readily', () => {
    const run = someRun([
      [2, 1],
      [2, 0.5],
    ]);
    expect(headline(run)).toMatch(/^Adam had reached DTP’s present loss of 1.00 after 1 epoch and/);
  });

  it('counts a network that has stopped as it was at its end', () => {
    const run = someRun([
      [2, 1.5, 1.4, 1.3],
      [2, 1.6],
    ]);
    expect(headline(run)).toMatch(/DTP had reached Adam’s present loss of 1\.60 after 1 epoch and/);
    run.sides[1].points.push(pointAt(2, 1.35));
    expect(headline(run)).toMatch(/present loss of 1\.35 after 3 epochs and 3\.00 s; Adam took 2/);
  });
});
