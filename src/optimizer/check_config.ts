import {decoderObjectives} from '../decoders/index';
import {decoderRules} from '../decoders/rules';
import {influences} from '../influence/index';
import {inversions} from '../inversion/index';
import {isObject, isRecord} from '../messages/is_object';
import {show} from '../messages/show';
import {updates} from '../updates/index';
import type {DTPOptimizerConfig} from './config';
import {canBeInside, isOptimizer} from './serialized_optimizer';

/**
 * Checks every field of a configuration by itself.
 *
 * @throws TypeError for a field that does not exist; RangeError for a value that is not valid. The
 * message names the field, the value and what is valid.
 */
export function checkConfig(config: DTPOptimizerConfig): void {
  checkFields('', config, schema);
}

/** What is valid for one field, in words and as a test. */
interface Rule {
  valid: string;
  accepts: (value: unknown) => boolean;
}

type Schema = {[field: string]: Rule | Schema};

const number = (valid: string, within: (value: number) => boolean): Rule => ({
  valid: `a number ${valid}`,
  accepts: (value) => typeof value === 'number' && Number.isFinite(value) && within(value),
});

const wholeNumber = (valid: string, within: (value: number) => boolean): Rule => ({
  valid: `a whole number${valid}`,
  accepts: (value) => Number.isSafeInteger(value) && within(value as number),
});

const oneOf = (...names: string[]): Rule => ({
  valid: `one of ${names.map((name) => `'${name}'`).join(', ')}`,
  accepts: (value) => names.includes(value as string),
});

/** A name in a table, which users may have added to. */
const memberOf = (table: object): Rule => ({
  get valid() {
    return oneOf(...Object.keys(table)).valid;
  },
  accepts: (value) => typeof value === 'string' && Object.hasOwn(table, value),
});

const optimizerRule: Rule = {
  valid:
    'an optimizer such as tf.train.adam(3e-3), not a DTPOptimizer, or {className, config} of one, of a class that ' +
    'tf.serialization.registerClass knows',
  accepts: (value) =>
    isOptimizer(value)
      ? canBeInside(value.getClassName())
      : isObject(value) &&
        'className' in value &&
        'config' in value &&
        isObject(value.config) &&
        canBeInside(String(value.className)),
};

const either = (rule: Rule, also: unknown, name: string): Rule => ({
  valid: `${rule.valid}, or ${name}`,
  accepts: (value) => value === also || rule.accepts(value),
});

const trueOrFalse: Rule = {
  valid: 'true or false',
  accepts: (value) => typeof value === 'boolean',
};

const positive = number('above 0', (value) => value > 0);
const notNegative = number('≥ 0', (value) => value >= 0);

const schema = {
  learningRate: {
    valid: "a number ≥ 0, a function of the step that returns one, or 'polyak'",
    accepts: (value: unknown) =>
      typeof value === 'function' || value === 'polyak' || notNegative.accepts(value),
  },
  beta: number('in (0, 1]', (value) => value > 0 && value <= 1),
  feedback: oneOf('layerwise', 'gradient'),
  inversion: {
    scheme: memberOf(inversions),
    iterations: wholeNumber(' ≥ 1', (value) => value >= 1),
    tolerance: number('in [0, 1)', (value) => value >= 0 && value < 1),
    safeguard: trueOrFalse,
    checked: either(
      wholeNumber(' ≥ 1', (value) => value >= 1),
      null,
      'null',
    ),
    start: oneOf('activation', 'decoder'),
  },
  schedule: oneOf('sequential', 'parallel'),
  online: {decay: number('in [0, 1)', (value) => value >= 0 && value < 1)},
  influence: memberOf(influences),
  update: {
    rule: memberOf(updates),
    damping: notNegative,
    gramRows: either(
      wholeNumber(' ≥ 1', (value) => value >= 1),
      null,
      'null',
    ),
    balance: number('in [0, 1]', (value) => value >= 0 && value <= 1),
  },
  bounds: {
    together: either(positive, null, 'null'),
    decrease: either(positive, null, 'null'),
    shift: either(positive, null, 'null'),
    target: either(positive, null, 'null'),
    weights: either(positive, null, 'null'),
    noise: either(positive, null, 'null'),
  },
  scaled: either(trueOrFalse, null, 'null'),
  decoders: {
    objective: memberOf(decoderObjectives),
    rule: memberOf(decoderRules),
    damping: notNegative,
    ridge: notNegative,
    learningRate: number('in (0, 2)', (value) => value > 0 && value < 2),
    when: oneOf('after', 'before'),
    every: wholeNumber(' ≥ 1', (value) => value >= 1),
    drift: notNegative,
    warmupSteps: wholeNumber(' ≥ 0', (value) => value >= 0),
    noise: {input: notNegative, output: notNegative},
    optimizer: either(optimizerRule, null, 'null'),
  },
  weightDecay: number('in [0, 1)', (value) => value >= 0 && value < 1),
  clipNorm: either(positive, null, 'null'),
  optimizer: either(optimizerRule, null, 'null'),
  unpairedOptimizer: optimizerRule,
  onNonFinite: oneOf('throw', 'skip'),
  seed: wholeNumber('', Number.isSafeInteger),
} satisfies Schema & Record<keyof DTPOptimizerConfig, unknown>;

function checkFields(path: string, given: unknown, fields: Schema): void {
  if (!isRecord(given)) {
    const where = path === '' ? 'the configuration' : path;
    throw new TypeError(
      `DTPOptimizer: ${where} is ${show(given)}, expected an object with fields ` +
        `${Object.keys(fields).join(', ')}.`,
    );
  }
  for (const [name, value] of Object.entries(given)) {
    const field = path === '' ? name : `${path}.${name}`;
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (rule === undefined) {
      throw new TypeError(
        `DTPOptimizer: there is no field ${field} (given ${show(value)}). ` +
          `Valid ${path === '' ? 'fields' : `fields of ${path}`}: ${Object.keys(fields).join(', ')}.`,
      );
    }
    if (value === undefined) continue;
    if (field === 'online' && value === null) continue;
    if (!isRule(rule)) checkFields(field, value, rule);
    else if (!rule.accepts(value)) {
      throw new RangeError(`DTPOptimizer: ${field} is ${show(value)}, expected ${rule.valid}.`);
    }
  }
}

function isRule(rule: Rule | Schema): rule is Rule {
  return typeof rule.accepts === 'function';
}
