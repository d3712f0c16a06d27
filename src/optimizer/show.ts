import {isObject, isOptimizer} from './is_object';

/** A value as messages name it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (isOptimizer(value)) return `a ${value.getClassName()}`;
  return isObject(value) ? JSON.stringify(value) : String(value);
}
