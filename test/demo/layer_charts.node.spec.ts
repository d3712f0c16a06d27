import {
  contraction,
  contractionOption,
  historyOf,
  quantities,
  quantityOption,
  residualOption,
  residualsOf,
} from '../../examples/browser/page/chart_options';
import type {RunRecord} from '../../examples/browser/shared/run_record';
import {someLook as look} from './some_look';
import {someRun} from './some_run';

type Series = Array<{name: string; data: Array<[number, number]>; lineStyle: {color: string}}>;

/** The lower layer is fed by the data; the upper one's inversion has these residuals and α. */
function measured(moments: Array<{residuals: Array<number | null>; alpha: number | null}>) {
  const run = someRun();
  return {
    ...run,
    watched: moments.map(({residuals, alpha}, i) => ({
      step: 10 * i + 2,
      epoch: i + 0.2,
      layers: [
        {
          layer: 'a',
          call: 0,
          inversion: {start: null, last: null, kept: null, contraction: null, residuals: []},
        },
        {
          layer: 'b',
          call: 0,
          inversion: {
            start: residuals[0],
            last: residuals[residuals.length - 1],
            kept: residuals[residuals.length - 1],
            contraction: alpha,
            residuals,
          },
        },
      ],
    })),
  } satisfies RunRecord;
}

describe('The residuals of an inversion', () => {
  it('that shrink by α each lie on the line that α predicts', () => {
    const residuals = [0, 1, 2, 3].map((t) => 0.8 * 0.5 ** t);
    const {measured: found, geometric} = residualsOf(measured([{residuals, alpha: 0.5}]), 1);
    expect(found).toEqual(residuals.map((residual, t) => [t, residual]));
    expect(geometric).toEqual(found);
  });

  it('are those of the newest measurement', () => {
    const run = measured([
      {residuals: [1, 0.9], alpha: 0.9},
      {residuals: [1, 0.3], alpha: 0.4},
    ]);
    expect(residualsOf(run, 1)).toEqual({
      measured: [
        [0, 1],
        [1, 0.3],
      ],
      geometric: [
        [0, 1],
        [1, 0.4],
      ],
    });
  });

  it('have no prediction without α, and leave out what a logarithmic axis has no place for', () => {
    const run = measured([{residuals: [1, null, 0, 0.1], alpha: null}]);
    expect(residualsOf(run, 1)).toEqual({
      measured: [
        [0, 1],
        [3, 0.1],
      ],
      geometric: [],
    });
  });

  it('of the layer that the data feed, and of a run that was not measured, are none', () => {
    const nothing = {measured: [], geometric: []};
    expect(residualsOf(measured([{residuals: [1, 0.5], alpha: 0.5}]), 0)).toEqual(nothing);
    expect(residualsOf(someRun(), 1)).toEqual(nothing);
  });

  it('are drawn in the colour of their layer, beside what α predicts', () => {
    const run = measured([{residuals: [1, 0.6], alpha: 0.5}]);
    const {series, yAxis} = residualOption(run, look) as {series: Series; yAxis: {type: string}};
    expect(yAxis.type).toBe('log');
    expect(series.map(({name, lineStyle}) => [name, lineStyle.color])).toEqual([
      ['Layer 1', 'layer 0'],
      ['Layer 1, α^t', 'layer 0'],
      ['Layer 2', 'layer 1'],
      ['Layer 2, α^t', 'layer 1'],
    ]);
    expect(series[2].data[1]).toEqual([1, 0.6]);
    expect(series[3].data[1]).toEqual([1, 0.5]);
  });
});

describe('α over the epochs', () => {
  const run = measured([
    {residuals: [1, 0.9], alpha: 1.1},
    {residuals: [1, 0.9], alpha: null},
    {residuals: [1, 0.3], alpha: 0.4},
  ]);

  it('has a point for every measurement that found one', () => {
    expect(historyOf(run, contraction, 1)).toEqual([
      [0.2, 1.1],
      [2.2, 0.4],
    ]);
    expect(historyOf(run, contraction, 0)).toEqual([]);
  });

  it('is drawn for every layer, from 0, with 1 as far as it was measured', () => {
    const option = contractionOption(run, look) as {series: Series; yAxis: {min: number}};
    expect(option.yAxis.min).toBe(0);
    expect(option.series.map(({data}) => data)).toEqual([
      [],
      historyOf(run, contraction, 1),
      [
        [0, 1],
        [2.2, 1],
      ],
    ]);
    const {series} = contractionOption(someRun(), look) as {series: Series};
    expect(series.map(({data}) => data)).toEqual([[], [], []]);
  });
});

describe('A quantity of layers', () => {
  it('is left out where it was not measured, whichever it is', () => {
    const run = someRun();
    run.watched.push({step: 2, epoch: 0.2, layers: [{layer: 'a', call: 0}]});
    for (const quantity of quantities) {
      for (const l of [0, 1]) expect(historyOf(run, quantity, l)).toEqual([]);
      const {series} = quantityOption(run, quantity, look);
      expect(series.map(({data}) => data)).toEqual([[], []]);
    }
  });

  it('keeps off a logarithmic axis what is not above 0', () => {
    const run = someRun();
    for (const size of [1e-3, 0]) {
      run.watched.push({step: 2, epoch: size, layers: [{layer: 'a', call: 0, target: {size}}]});
    }
    const sizes = quantities.filter(({name}) => name === 'Target difference');
    expect(sizes.map((quantity) => historyOf(run, quantity, 0))).toEqual([[[1e-3, 1e-3]]]);
  });
});
