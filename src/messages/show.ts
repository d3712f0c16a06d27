import {isObject} from './is_object';

/** A value as messages show it: as one would write it, short, and whatever it is. */
export function show(value: unknown, depth = 3): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (!isObject(value)) return String(value);
  const name = nameOf(value);
  if (name !== null) return `a ${name}`;
  if (Array.isArray(value)) {
    return depth === 0 ? '[…]' : `[${value.map((entry) => show(entry, depth - 1)).join(', ')}]`;
  }
  if (depth === 0) return '{…}';
  const fields = Object.entries(value).map(([field, of]) => `${field}: ${show(of, depth - 1)}`);
  return `{${fields.join(', ')}}`;
}

/** The class of what is more than an object literal or a list; as tfjs has it registered, where it does. */
function nameOf(value: object): string | null {
  if ('getClassName' in value && typeof value.getClassName === 'function') {
    return value.getClassName();
  }
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain || Array.isArray(value) ? null : prototype.constructor.name;
}
