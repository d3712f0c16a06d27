import {isRecord} from './is_object';
import {show} from './show';

/**
 * Checks that what is to have fields is an object with no others.
 *
 * @param who To whom it was given.
 * @param what What it is, in a message.
 * @throws TypeError that names the fields that there are.
 */
export function assertFields(
  who: string,
  what: string,
  given: unknown,
  fields: string[],
): asserts given is object {
  const valid = `expected an object with some of the fields ${fields.join(', ')}`;
  if (!isRecord(given)) {
    throw new TypeError(`${who}: ${what} is ${show(given)}, ${valid}.`);
  }
  const unknown = Object.keys(given).find((field) => !fields.includes(field));
  if (unknown === undefined) return;
  throw new TypeError(`${who}: ${what} has no field "${unknown}", ${valid}.`);
}
