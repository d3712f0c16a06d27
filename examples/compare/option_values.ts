import {type Command, InvalidArgumentError} from 'commander';
import {InputError} from '../input_error';

/** A number from 1 on. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number ≥ 1.');
}

/** A number from 0 to 1. */
export function part(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}

export function wholeNumbers(text: string): number[] {
  return list(text, wholeNumber, 'whole numbers ≥ 1 with commas between, as 256,256');
}

export function positiveNumbers(text: string): number[] {
  return list(text, positiveNumber, 'numbers above 0 with commas between, as 1e-3,3e-3');
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Names of a table, between commas. */
export function namesOf<Name extends string>(table: {[name in Name]: unknown}) {
  const known = Object.keys(table).join(',');
  return (text: string): Name[] => {
    const name = (item: string) => {
      if (Object.hasOwn(table, item)) return item as Name;
      throw new InvalidArgumentError('');
    };
    return list(text, name, `some of ${known} with commas between`);
  };
}

/** Reads items between commas. */
function list<Item>(text: string, readItem: (text: string) => Item, expected: string): Item[] {
  try {
    return text.split(',').map((item) => readItem(item.trim()));
  } catch {
    throw new InvalidArgumentError(`Expected ${expected}.`);
  }
}

/**
 * Reads the command line. A wrong option ends the process with one line that says what is wrong.
 *
 * @param call How to call it with an option, for the message.
 * @throws InputError for words that belong to no option.
 */
export function readOptions<Options extends object>(
  command: Command,
  argv: string[],
  call: string,
): Options {
  const parsed = command
    .allowExcessArguments()
    .configureOutput({
      outputError: (text, write) =>
        write(`${command.name()}: ${oneLine(text.replace(/^error: /, ''))}\n`),
    })
    .parse(argv);
  if (parsed.args.length === 0) return parsed.opts<Options>();
  throw new InputError(
    `${parsed.args.join(' ')}: belongs to no option. Expected options only, each starting with --; ` +
      `npm hands them on after a --, as in ${call}.`,
  );
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
