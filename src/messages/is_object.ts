/** Not `instanceof Object`, which an object of another window or context is not. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether it is an object that may have fields by name, not a list. */
export function isRecord(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value);
}
