import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {dtpConfig} from '../../../examples/compare/dtp_config';
import {InputError} from '../../../examples/input_error';
import {temporaryFolder} from '../../support/temporary_folder';

describe('dtpConfig', () => {
  const folder = temporaryFolder('dtp-config');

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  function expectRejection(path: string | undefined, settings: string[], reason: RegExp): void {
    expect(() => dtpConfig(path, settings)).toThrowMatching(
      (error) => error instanceof InputError && reason.test(error.message),
    );
  }

  it('is empty without a file and settings', () => {
    expect(dtpConfig(undefined, [])).toEqual({});
  });

  it('reaches inside with dots, and knows numbers from words', () => {
    const settings = ['inversion.iterations=2', 'update.rule=example', 'inversion.scheme=output'];
    expect(dtpConfig(undefined, settings)).toEqual({
      inversion: {iterations: 2, scheme: 'output'},
      update: {rule: 'example'},
    });
  });

  it('takes JSON as a value', () => {
    const settings = ['update={"damping": 0.5}', 'optimizer=null'];
    expect(dtpConfig(undefined, settings)).toEqual({update: {damping: 0.5}, optimizer: null});
  });

  it('lets settings win over the file, and later settings over earlier ones', () => {
    const path = file('config.json', '{"beta": 0.1, "update": {"damping": 2, "rule": "example"}}');
    expect(dtpConfig(path, ['update.damping=3', 'update.damping=4'])).toEqual({
      beta: 0.1,
      update: {damping: 4, rule: 'example'},
    });
  });

  for (const setting of ['beta', '=1', 'update.=1', '.damping=1']) {
    it(`rejects ${setting}, which is no key=value`, () => {
      expectRejection(undefined, [setting], /Expected key=value/);
    });
  }

  it('has the optimizer reject names and values that it does not know', () => {
    expectRejection(undefined, ['inversion.iteratons=2'], /no field inversion\.iteratons/);
    expectRejection(undefined, ['__proto__.x=2'], /no field __proto__/);
    expectRejection(undefined, ['beta=7'], /beta is 7/);
  });

  it('names a file that is missing, is not JSON, or is no object', () => {
    expectRejection(join(folder, 'none.json'), [], /none\.json: cannot be read/);
    expectRejection(file('text.json', 'beta: 1'), [], /text\.json: cannot be read/);
    expectRejection(file('list.json', '[1]'), [], /list\.json: holds \[1\]/);
  });
});
