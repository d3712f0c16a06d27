import {
  extended,
  type Progress,
  type RunRecord,
  readRecord,
  writeRecord,
} from '../../examples/browser/shared/run_record';
import {InputError} from '../../examples/input_error';
import {pointAt, someRun} from './some_run';

const first: Progress = {
  step: 10,
  points: [[pointAt(1, 0.5)], [pointAt(1, 0.7)]],
  failures: [null, null],
  watched: [
    {
      step: 2,
      epoch: 0.2,
      layers: [
        {layer: 'a', call: 0, target: {size: 1e-3}},
        {
          layer: 'b',
          call: 0,
          inversion: {start: 1, last: 0.6, kept: 0.6, contraction: 0.5, residuals: [1, 0.6, null]},
        },
      ],
    },
  ],
  reconstructions: [{label: 'Input', pixels: [0, 1, 0.5, 0.25], error: null}],
};
const second: Progress = {
  step: 20,
  points: [[pointAt(2, 0.25)], []],
  failures: [null, 'The loss is no longer a number.'],
  watched: [],
  reconstructions: null,
};

describe('The record of a run', () => {
  const run = extended(extended(someRun([[2], [2]]), first), second);

  it('is the same after it was written and read', () => {
    expect(readRecord(writeRecord(run), 'run.json')).toEqual(run);
    expect(readRecord(writeRecord(someRun()), 'run.json')).toEqual(someRun());
  });

  it('is the same after it was read if a loss was no number, but for JSON has none', () => {
    const broken = extended(run, {...second, points: [[pointAt(3, Number.NaN)], []]});
    const read = readRecord(writeRecord(broken), 'run.json');
    expect(read.sides[0].points[3].loss).toBeNull();
    expect(read.sides[1]).toEqual(broken.sides[1]);
  });

  it('grows by progress, and keeps what that has not', () => {
    const [dtp, adam] = run.sides;
    expect(dtp.points.map(({loss}) => loss)).toEqual([2, 0.5, 0.25]);
    expect(adam.points.map(({loss}) => loss)).toEqual([2, 0.7]);
    expect(run.watched).toEqual(first.watched);
    expect(run.reconstructions).toEqual(first.reconstructions);
    expect(dtp.failure).toBeNull();
    expect(adam.failure).toBe('The loss is no longer a number.');
    const again = extended(run, first);
    expect(again.watched).toEqual([...first.watched, ...first.watched]);
    // A failure stays.
    expect(again.sides[1].failure).toBe('The loss is no longer a number.');
  });

  it('that is extended stays as it was', () => {
    const before = someRun([[2], [2]]);
    const copy = structuredClone(before);
    extended(before, first);
    expect(before).toEqual(copy);
  });

  type Damage = [says: string, damage: (run: RunRecord) => void];
  const whole = 'expected a whole number ≥ 1';
  const fields =
    'expected the fields source, limit, network, hidden, activation, batch, epochs, seed, backend, dtp, ' +
    'decoder, rival, rate, and no other';
  const networks = 'expected two networks, each with method, label, rate, points and failure';
  const moments =
    'expected a list of moments with step, epoch and what was measured of every layer';
  const damages: Damage[] = [
    [`"settings" is missing, ${fields}`, (run) => Reflect.deleteProperty(run, 'settings')],
    [
      `"settings" is damaged, ${fields}`,
      ({settings}) => Reflect.deleteProperty(settings, 'epochs'),
    ],
    [`"settings" is damaged, ${fields}`, ({settings}) => Reflect.set(settings, 'mine', 1)],
    [
      '"settings.dtp" is null, expected an object with the options of DTP',
      ({settings}) => Reflect.set(settings, 'dtp', null),
    ],
    [
      '"settings.dtp" is damaged, expected an object with the options of DTP',
      ({settings}) => Reflect.set(settings, 'dtp', [1]),
    ],
    [`"settings.epochs" is 0, ${whole}`, ({settings}) => Reflect.set(settings, 'epochs', 0)],
    [
      '"settings.hidden" is "8", expected a list of whole numbers ≥ 1, or null',
      ({settings}) => Reflect.set(settings, 'hidden', '8'),
    ],
    ['"backend" is 3, expected a text', (run) => Reflect.set(run, 'backend', 3)],
    [
      '"parameters" is missing, expected a number',
      (run) => Reflect.deleteProperty(run, 'parameters'),
    ],
    [`"data.rows" is "2", ${whole}`, ({data}) => Reflect.set(data, 'rows', '2')],
    [`"data.rows" is 0, ${whole}`, ({data}) => Reflect.set(data, 'rows', 0)],
    [`"data.classes" is -1, ${whole}`, ({data}) => Reflect.set(data, 'classes', -1)],
    [`"data.classes" is 2.5, ${whole}`, ({data}) => Reflect.set(data, 'classes', 2.5)],
    [`"stepsPerEpoch" is null, ${whole}`, (run) => Reflect.set(run, 'stepsPerEpoch', null)],
    [`"stepsPerEpoch" is 0, ${whole}`, (run) => Reflect.set(run, 'stepsPerEpoch', 0)],
    [
      '"layers" is damaged, expected a list of layers with their labels',
      ({layers}) => Reflect.set(layers, 0, null),
    ],
    [`"sides" is damaged, ${networks}`, ({sides}) => void sides.pop()],
    [`"sides" is damaged, ${networks}`, ({sides}) => Reflect.set(sides[0], 'method', 'magic')],
    [`"sides" is damaged, ${networks}`, ({sides}) => Reflect.deleteProperty(sides[0], 'rate')],
    [
      `"sides" is damaged, ${networks}`,
      ({sides}) => Reflect.set(sides[1].points[0], 'seconds', null),
    ],
    [
      `"sides" is damaged, ${networks}`,
      ({sides}) => Reflect.set(sides[1].points[0], 'loss', 'low'),
    ],
    [`"watched" is damaged, ${moments}`, (run) => Reflect.set(run, 'watched', {})],
    [`"watched" is damaged, ${moments}`, ({watched}) => Reflect.set(watched[0], 'epoch', 'one')],
    [`"watched" is damaged, ${moments}`, ({watched}) => Reflect.set(watched[0].layers, 0, null)],
    [
      `"watched" is damaged, ${moments}`,
      ({watched}) => Reflect.set(watched[0].layers[0], 'target', {size: 'large'}),
    ],
    [
      `"watched" is damaged, ${moments}`,
      ({watched}) => Reflect.set(watched[0].layers[1].inversion ?? {}, 'residuals', 0.5),
    ],
    [
      `"watched" is damaged, ${moments}`,
      ({watched}) => Reflect.set(watched[0].layers[1].inversion ?? {}, 'residuals', ['small']),
    ],
    [
      '"reconstructions" is damaged, expected a list of rows of images, or null',
      (run) => Reflect.set(run, 'reconstructions', [{label: 'Input'}]),
    ],
  ];
  for (const [i, [says, damage]] of damages.entries()) {
    it(`whose part ${says.split(',')[0]} is refused with what is expected (${i + 1})`, () => {
      const damaged = structuredClone(run);
      damage(damaged);
      expect(damaged).not.toEqual(run);
      expect(() => readRecord(JSON.stringify(damaged), 'mine.json')).toThrowError(
        InputError,
        `mine.json: its part ${says}. Give a file that "Export run as JSON" has written.`,
      );
    });
  }

  const others: Array<[text: string, says: RegExp]> = [
    ['', /^mine\.json: is no JSON \(.+\)\. Give a file that "Export run as JSON" has written\.$/],
    ['null', /^mine\.json: is not a run of this page\. Give/],
    ['[1]', /^mine\.json: is not a run of this page\. Give/],
    [JSON.stringify({...run, version: 99}), /^mine\.json: is of version 99, expected \d+\. Give/],
  ];
  for (const [text, says] of others) {
    it(`is not read from ${text.slice(0, 20) || 'an empty file'} …, which is told by name`, () => {
      expect(() => readRecord(text, 'mine.json')).toThrowError(InputError, says);
    });
  }
});
