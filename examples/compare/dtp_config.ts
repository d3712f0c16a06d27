import {readFileSync} from 'node:fs';
import {DTPOptimizer, type DTPOptimizerConfig} from 'tfjs-dtp';
import {InputError} from '../input_error';

/** Fields that are yet to be checked by the optimizer itself. */
interface Fields {
  [name: string]: unknown;
}

/**
 * The configuration of the DTP optimizer from a JSON file, single fields, or both; fields win.
 *
 * @param file A JSON file with one object.
 * @param settings Fields as `key=value`; dots in the key reach inside: `inversion.iterations=2`.
 * @throws InputError that names the file or setting, or has the optimizer's own message.
 */
export function dtpConfig(file: string | undefined, settings: string[]): DTPOptimizerConfig {
  const start = file === undefined ? {} : readConfig(file);
  const config = settings.reduce(applySetting, start);
  try {
    new DTPOptimizer(config).dispose();
  } catch (error) {
    throw new InputError((error as Error).message);
  }
  return config;
}

function readConfig(file: string): Fields {
  const expected = 'Give a JSON file with one object, as {"inversion": {"iterations": 2}}.';
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, ' ');
    throw new InputError(`--config ${file}: cannot be read (${reason}). ${expected}`);
  }
  if (isFields(config)) return config;
  throw new InputError(`--config ${file}: holds ${JSON.stringify(config)}. ${expected}`);
}

function applySetting(config: Fields, setting: string): Fields {
  const split = setting.indexOf('=');
  const path = setting.slice(0, split).split('.');
  if (split === -1 || path.includes('')) {
    throw new InputError(
      `--dtp ${setting}: is not a field and a value. Expected key=value, as inversion.iterations=2.`,
    );
  }
  return withField(config, path, readValue(setting.slice(split + 1)));
}

/** A copy of an object with one field replaced, however deep. */
function withField(fields: unknown, [name, ...inside]: string[], value: unknown): Fields {
  const own: Fields = isFields(fields) ? fields : {};
  const before = Object.hasOwn(own, name) ? own[name] : undefined;
  return {...own, [name]: inside.length === 0 ? value : withField(before, inside, value)};
}

/** Numbers, true, false, null and objects as JSON has them; everything else is a string. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
