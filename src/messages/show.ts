import {isObject} from './is_object';

/** A value as messages show it: as one would write it, short, and whatever it is. */
export function show(value: unknown, depth = 3): string {
  if (typeof value === 'string') return `'${shortened(value)}'`;
  if (typeof value === 'function') return 'a function';
  if (!isObject(value)) return String(value);
  const name = nameOf(value);
  if (name !== null) return name === '' ? 'an object' : `an instance of ${name}`;
  if (Array.isArray(value)) {
    return depth === 0 ? '[…]' : `[${listed(value.map((entry) => show(entry, depth - 1)))}]`;
  }
  if (depth === 0) return '{…}';
  const fields = Object.entries(value).map(([field, of]) => `${field}: ${show(of, depth - 1)}`);
  return `{${listed(fields)}}`;
}

/** The first of some, and that there are more. */
function listed(items: string[]): string {
  return [...items.slice(0, MOST), ...(items.length > MOST ? ['…'] : [])].join(', ');
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const MOST = 12;
const LONGEST = 200;

/** The class of what is more than an object literal or a list; as tfjs has it registered, where it does. */
function nameOf(value: object): string | null {
  if ('getClassName' in value && typeof value.getClassName === 'function') {
    return value.getClassName();
  }
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Array.isArray(value) ? null : (prototype.constructor?.name ?? '');
}
