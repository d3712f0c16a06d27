import {type Drawing, datasetOf, joined} from '../../examples/browser/shared/drawings';
import {assertSettings, defaultSettings} from '../../examples/browser/shared/settings';
import {InputError} from '../../examples/input_error';

describe('Drawings as data', () => {
  const drawings = [...Array(23).keys()].map(
    (i): Drawing => ({label: i % 3 === 0 ? 4 : 9, pixels: [i / 32, 0.5]}),
  );

  it('hold each drawing once, every fifth of a label to test on', () => {
    const {train, test, classes, features, note} = datasetOf(drawings);
    expect([classes, features, note]).toEqual([10, 2, null]);
    // 8 of the one and 15 of the other label.
    expect([...test.labels].sort()).toEqual([4, 9, 9, 9]);
    const all = [train, test].flatMap(({pixels, labels}) =>
      [...labels].map(
        (label, i): Drawing => ({label, pixels: [...pixels.slice(2 * i, 2 * i + 2)]}),
      ),
    );
    const byFirst = (a: Drawing, b: Drawing) => a.pixels[0] - b.pixels[0];
    expect(all.sort(byFirst)).toEqual(drawings);
  });

  it('say so where so few are that they are tested on themselves', () => {
    const {train, test, note} = datasetOf(drawings.slice(0, 4));
    expect(test).toEqual(train);
    expect(note).toMatch(/test images are the training images/);
  });

  it('are refused with what to do until there are two digits', () => {
    expect(() => datasetOf([])).toThrowError(InputError, /no digit\. Draw at least two different/);
    const ones = [drawings[1], drawings[2]];
    expect(() => datasetOf(ones)).toThrowError(InputError, /one digit only\. Draw at least two/);
  });

  it('added to other data come after these, in both parts', () => {
    const drawn = datasetOf(drawings);
    const both = joined({...drawn, name: 'digits', classes: 12}, drawn);
    const few = datasetOf(drawings.slice(0, 4));
    expect(joined(drawn, few).note).toMatch(/all are among the training and the test images/);
    expect([both.name, both.classes, both.note]).toEqual(['digits and drawings', 12, null]);
    for (const part of ['train', 'test'] as const) {
      const {count, pixels, labels} = drawn[part];
      expect(both[part].count).toBe(2 * count);
      expect([...both[part].pixels]).toEqual([...pixels, ...pixels]);
      expect([...both[part].labels]).toEqual([...labels, ...labels]);
    }
  });
});

describe('The settings of a run', () => {
  it('that the page begins with are valid', () => {
    expect(() => assertSettings(defaultSettings)).not.toThrow();
  });

  const wrong: Array<[changes: Partial<typeof defaultSettings>, says: string]> = [
    [{limit: 0}, 'At most (images): is 0, expected a whole number ≥ 1.'],
    [{batch: 1.5}, 'Mini-batch: is 1.5, expected a whole number ≥ 1.'],
    [{epochs: Number.NaN}, 'Epochs: is NaN, expected a whole number ≥ 1.'],
    [{seed: -1}, 'Seed: is -1, expected a whole number ≥ 0.'],
    [{hidden: [8, 0]}, 'Hidden units: is 0, expected a whole number ≥ 1.'],
    [
      {rate: 0},
      'Learning rate of the other method: is 0, expected a number above 0, such as 0.01.',
    ],
    [
      {rate: Number.POSITIVE_INFINITY},
      'Learning rate of the other method: is Infinity, expected a number above 0, such as 0.01.',
    ],
  ];
  for (const [changes, says] of wrong) {
    it(`say of ${says.split(',')[0]} what is expected`, () => {
      expect(() => assertSettings({...defaultSettings, ...changes})).toThrowError(InputError, says);
    });
  }
});
