import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {runInThisContext} from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';
import ts from 'typescript';
import {throwing} from './can_throw';
import {type PublicThing, publicThings} from './public_things';

/**
 * The numbered sections of arXiv:2007.15139, in its order; of subsections only those of section 10. The
 * text itself names §3, §5, §6, §8 and §10.4 by their numbers.
 */
const sections = '1 2 3 4 5 6 7 8 9 10 10.1 10.2 10.3 10.4 11'.split(' ');

/** What calls something that throws, with arguments that its constructor has checked. */
const checkedBefore = ['diagnostics.inversion', 'Monitor.onBatchBegin', 'DTPOptimizer.dispose'];

describe('Of all that is public', () => {
  let things: PublicThing[];
  let canThrow: (thing: PublicThing) => boolean;
  const named = (name: string) => things.find((thing) => thing.name === name) as PublicThing;
  const namesOf = (some: PublicThing[]) => some.map(({name}) => name);

  beforeAll(() => {
    const {config} = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
    const {options} = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
    const program = ts.createProgram(['src/index.ts'], options);
    const throws = throwing(program.getTypeChecker());
    canThrow = ({declarations}) => declarations.some(throws);
    things = publicThings(program, 'src/index.ts');
  });

  it('exports of every kind are found here, with what they hold', () => {
    const some = ['convert', 'DTPDense.constructor', 'Monitor.setModel', 'inversions.output'];
    const fields = ['Start.x', 'DTPOptimizerConfig.decoders.noise.input'];
    expect(namesOf(things)).toEqual(jasmine.arrayContaining([...some, ...fields]));
    expect(namesOf(things.filter(canThrow))).toContain('revert');
    expect(namesOf(things.filter(canThrow))).not.toContain('contractionRate');
  });

  it('every docstring begins with a sentence', () => {
    const isNone = ({summary}: PublicThing) => !/^\S[\s\S]*[.:](\s|$)/.test(summary ?? 'None.');
    expect(namesOf(things.filter(isNone))).toEqual([]);
  });

  it('what can throw says which errors', () => {
    const isSilent = (thing: PublicThing) => canThrow(thing) && !/Error\b/.test(thing.throws);
    expect(namesOf(things.filter(isSilent))).toEqual(checkedBefore);
  });

  it('functions say what their parameters are, and what they return', () => {
    const missing = things.flatMap(({name, parameters, returns}) => [
      ...parameters.filter(([, text]) => text === '').map(([parameter]) => `${name}: ${parameter}`),
      ...(returns === '' ? [name] : []),
    ]);
    expect(missing).toEqual([]);
    expect(named('invert').parameters.length).toBe(5);
    expect(named('invert').returns).toContain('dispose');
  });

  for (const [settings, made] of [
    ['DTPOptimizerConfig', dtp.DTPOptimizer],
    ['ScheduleFreeConfig', dtp.ScheduleFreeSGD],
  ] as const) {
    it(`every field of ${settings} documents the default that the code has`, () => {
      const [declaration] = named(settings).declarations;
      const documented = defaultsOf(declaration as ts.InterfaceDeclaration);
      const defaults = new made().getConfig();
      expect(paths(documented)).toEqual(jasmine.arrayWithExactContents(paths(defaults)));
      expect(new made(documented).getConfig()).toEqual(defaults);
    });
  }
});

/** The labels of the equations in the source of the paper. */
const labels = [
  'approx-inverse',
  'recovering-output-delta',
  'target-prop',
  'taul-yields-tauL',
  'delta-dtp',
  'dtp1w-yields-tauL',
  'delta-dtp-regular',
  'delta-w-proof',
  'linearized-dtp',
  'linearized-dtp2',
  'delta-sgd',
  'ut',
  'epsilon-u',
  'iterative-correction',
  'deltat',
  'u-recurrence',
  'tau-improved',
  'iterative-tau-out-update',
];

describe('The paper', () => {
  const texts = () =>
    [...filesIn('src', '.ts'), ...filesIn('docs', '.md'), 'README.md'].map((file) => ({
      file,
      text: readFileSync(file, 'utf8'),
    }));

  it('has every section that code and documentation mention', () => {
    const mentioned = texts().flatMap(({file, text}) =>
      sectionsIn(text).map((section) => ({file, section})),
    );
    expect(mentioned.length).toBeGreaterThan(80);
    expect(mentioned.filter(({section}) => !sections.includes(section))).toEqual([]);
  });

  it('has every equation that docstrings mention', () => {
    const mentioned = texts().flatMap(({file, text}) =>
      labelsIn(text).map((label) => ({file, label})),
    );
    expect(mentioned.length).toBeGreaterThan(10);
    expect(mentioned.filter(({label}) => !labels.includes(label))).toEqual([]);
  });
});

/** What follows the number of a section, `§3, delta-dtp`, and is no word. */
function labelsIn(text: string): string[] {
  return [...text.matchAll(/§[\d.]+, (?:below )?([a-z]+(?:-\w+)+)/g)].map(([, label]) => label);
}

/** As `§10.2`, `Section 3`, `sections 5 to 6`. */
function sectionsIn(text: string): string[] {
  const mentions = text.matchAll(/§\s*([\d.]+)|\bsections? ([\d.]+(?:(?:, | and | to )[\d.]+)*)/gi);
  return [...mentions].flatMap(([, sign, words]) =>
    (sign ?? words).split(/, | and | to /).map((number) => number.replace(/\.$/, '')),
  );
}

type Settings = {[field: string]: unknown};

/** What the `@defaultValue` of each field says, up to a `;`, as code. */
function defaultsOf({members}: ts.InterfaceDeclaration | ts.TypeLiteralNode): Settings {
  const fields = members.filter(ts.isPropertySignature).flatMap((field) => {
    const tag = ts.getJSDocTags(field).find(({tagName}) => tagName.text === 'defaultValue');
    const text = ts.getTextOfJSDocComment(tag?.comment)?.split(';')[0].replaceAll('`', '');
    const name = field.name.getText();
    if (text !== undefined) return [[name, runInThisContext(`(tf) => (${text})`)(tf)]];
    return field.type && ts.isTypeLiteralNode(field.type) ? [[name, defaultsOf(field.type)]] : [];
  });
  return Object.fromEntries(fields);
}

/** The names of all fields, those of sections with the section's before them; of optimizers none. */
function paths(settings: object): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    value?.constructor === Object && !('className' in value)
      ? paths(value).map((inner) => `${name}.${inner}`)
      : [name],
  );
}

function filesIn(folder: string, extension: string): string[] {
  const files = readdirSync(folder, {recursive: true}) as string[];
  return files.filter((file) => file.endsWith(extension)).map((file) => path.join(folder, file));
}
