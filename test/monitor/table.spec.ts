import type * as dtp from 'tfjs-dtp';
import {meansOf} from '../../src/monitor/means';
import {tableOf} from '../../src/monitor/table';

const step = (
  influence: number,
  kept: number | null,
  call = 0,
  layer = 'top',
): dtp.CallDiagnostics[] => [
  {
    layer,
    call,
    influence: {mean: influence, min: 0, max: 1},
    inversion: {start: 1, last: 0, kept, contraction: null, residuals: [1, 2]},
  },
];

describe('meansOf', () => {
  it('is the mean of every number over the steps, leaving out what is null', () => {
    const {top} = meansOf([step(1, 4), step(3, null), step(8, 6)]);
    expect(top['influence.mean']).toBe(4);
    expect(top['inversion.kept']).toBe(5);
    expect(top['inversion.contraction']).toBeNull();
    expect(Object.keys(top)).not.toContain('inversion.residuals');
  });

  it('tells the calls of a layer apart', () => {
    expect(Object.keys(meansOf([[...step(1, 1), ...step(1, 1, 1)]]))).toEqual(['top', 'top#2']);
  });

  it('is of a layer with the name of what every object has, too', () => {
    const means = meansOf([step(1, 4, 0, 'constructor'), step(3, null, 0, 'constructor')]);
    expect(Object.keys(means)).toEqual(['constructor']);
    expect(Object.values(means)[0]['influence.mean']).toBe(2);
  });

  it('is empty for no steps', () => {
    expect(meansOf([])).toEqual({});
  });
});

describe('tableOf', () => {
  const lines = (means: Parameters<typeof tableOf>[0]) => tableOf(means).split('\n');
  const means = {
    short: {'influence.mean': 0.123456, 'inversion.kept': null},
    'a much longer name': {'influence.mean': 12345.6, 'target.size': 0.000012345},
  };

  it('has a row for each call under the names of diagnostics and of their quantities', () => {
    expect(lines(means).map((line) => line.split(/ {2,}/).filter(Boolean))).toEqual([
      ['influence', 'inversion', 'target'],
      ['layer', 'mean', 'kept', 'size'],
      ['short', '0.123', '–', '–'],
      ['a much longer name', '12300', '–', '1.23e-5'],
    ]);
  });

  it('is as narrow as its cells, and the names of diagnostics over theirs, allow', () => {
    const values = {'reconstruction.input': 0.5, 'reconstruction.output': 1, 'target.size': 0};
    expect(lines({top: values})).toEqual([
      '       reconstruction  target',
      'layer  input  output   size',
      'top    0.5    1        0',
    ]);
  });

  it('begins every column at the same place in every line', () => {
    const [groups, quantities, ...rows] = lines(means);
    const places = ['mean', 'kept', 'size'].map((name) => quantities.indexOf(name));
    const groupPlaces = ['influence', 'inversion', 'target'].map((name) => groups.indexOf(name));
    expect(groupPlaces).toEqual(places);
    for (const row of rows) {
      for (const place of places) expect(row.slice(place - 2, place + 1)).toMatch(/^ {2}\S$/);
    }
  });
});
