import {InputError} from '../../input_error';
import type {Offer} from '../shared/protocol';
import {faultOf, type NumberSetting, type Settings} from '../shared/settings';
import {create, element} from './element';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Fields = {[name: string]: unknown};

/** Learning rates that do well on the bundled digits. */
const RATES: Record<Settings['rival'], number> = {adam: 0.01, sgd: 0.1, bp: 1};

/**
 * The form with the settings.
 *
 * Controls with a `name` are fields of the settings; those with a `data-path` are options of DTP, of
 * which only the chosen ones are passed on. Whether these are valid is for the optimizers to say, once
 * they are numbers.
 *
 * @param changed Is given the settings after every change.
 * @param failed Is told what is wrong with the first field that cannot be read; all such are marked.
 */
export function settingsForm(
  changed: (settings: Settings) => void,
  failed: (error: Error) => void,
) {
  const form = element('settings', HTMLFormElement);
  const named = (name: string) => form.elements.namedItem(name) as Control;
  const options = Array.from(form.querySelectorAll<Control>('[data-path]'));
  let shown: Settings | null = null;

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', ({target}) => {
    if (target === named('rival')) named('rate').value = String(RATES[rival()]);
    if (target === document.getElementById('files')) return;
    const {settings, faults} = read();
    mark(faults);
    const [fault] = faults.values();
    if (fault !== undefined) return failed(new InputError(fault));
    shown = settings;
    changed(settings);
  });

  const rival = () => named('rival').value as Settings['rival'];

  /** What the form says, and what is wrong with it. */
  function read(): {settings: Settings; faults: Map<Control, string>} {
    const faults = new Map<Control, string>();
    const note = (control: Control, fault: string | null) => {
      if (fault !== null && !faults.has(control)) faults.set(control, fault);
    };
    const number = (name: NumberSetting, text = named(name).value) => {
      const value = numberOf(text);
      note(named(name), faultOf(name, value, quoted(text)));
      return value;
    };
    const hidden = named('hidden').value.trim();
    const settings: Settings = {
      source: named('source').value as Settings['source'],
      limit: number('limit'),
      network: named('network').value as Settings['network'],
      hidden: hidden === '' ? null : hidden.split(/[\s,;]+/).map((text) => number('hidden', text)),
      activation: (named('activation').value || null) as Settings['activation'],
      batch: number('batch'),
      epochs: number('epochs'),
      seed: number('seed'),
      backend: named('backend').value as Settings['backend'],
      dtp: readOptions(note),
      decoder: named('decoder').value as Settings['decoder'],
      rival: rival(),
      rate: number('rate'),
    };
    return {settings, faults};
  }

  function readOptions(note: (control: Control, fault: string) => void): Fields {
    let dtp: Fields = {};
    try {
      dtp = readMore(named('more').value);
    } catch (error) {
      note(named('more'), (error as Error).message);
    }
    for (const control of options) {
      const text = control.value.trim();
      if (text === '') continue;
      const isNumber = control.dataset.kind === 'number';
      const path = (control.dataset.path as string).split('.');
      dtp = withField(dtp, path, isNumber ? numberOf(text) : text);
      if (!isNumber || !Number.isNaN(numberOf(text))) continue;
      const name = control.labels?.[0].querySelector('span')?.textContent;
      note(control, `${name}: is ${quoted(text)}, expected a number.`);
    }
    return dtp;
  }

  function mark(faults: Map<Control, string>): void {
    for (const control of form.querySelectorAll<Control>('input, select, textarea')) {
      control.ariaInvalid = faults.has(control) ? 'true' : null;
    }
  }

  function write(settings: Settings): void {
    for (const [name, value] of Object.entries(settings)) {
      if (name === 'dtp') continue;
      const control = named(name);
      control.value = value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);
      // A backend that this browser does not have.
      if (control instanceof HTMLSelectElement && control.value !== String(value ?? '')) {
        control.append(new Option(String(value)));
        control.value = String(value);
      }
    }
    let more: Fields = settings.dtp as Fields;
    for (const control of options) {
      const path = (control.dataset.path as string).split('.');
      const value = fieldOf(more, path);
      const isShown = typeof value === 'number' || typeof value === 'string';
      control.value = isShown ? String(value) : '';
      if (isShown) more = withoutField(more, path);
    }
    named('more').value = Object.keys(more).length === 0 ? '' : JSON.stringify(more);
  }

  return {
    /** Fills in what can be chosen; until then the form is disabled. */
    offer({backends, defaults, ...choices}: Offer) {
      for (const select of form.querySelectorAll<HTMLSelectElement>('select[data-choices]')) {
        const names = choices[select.dataset.choices as keyof typeof choices];
        const {path} = select.dataset;
        const isOptional = path !== undefined || select.name === 'activation';
        const fallback =
          path === undefined ? 'the kind’s own' : `${fieldOf(defaults, path.split('.'))} (default)`;
        select.replaceChildren(
          ...(isOptional ? [new Option(fallback, '')] : []),
          ...names.map((name) => new Option(name)),
        );
      }
      for (const control of options) {
        if (control instanceof HTMLSelectElement) continue;
        const fallback = fieldOf(defaults, (control.dataset.path as string).split('.'));
        control.setAttribute('placeholder', String(fallback));
      }
      named('backend').replaceChildren(
        ...backends.map((name) => create('option', {textContent: name})),
      );
      for (const group of form.querySelectorAll('fieldset')) group.disabled = false;
    },
    /** Shows settings that come from elsewhere. */
    show(settings: Settings) {
      if (settings === shown) return;
      shown = settings;
      mark(new Map());
      write(settings);
    },
  };
}

/** NaN for what is no number. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** What was typed, as a message says it. */
function quoted(text: string): string {
  if (text.trim() === '') return 'empty';
  return Number.isNaN(Number(text)) ? `'${text.trim()}'` : text.trim();
}

function readMore(text: string): Fields {
  if (text.trim() === '') return {};
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `Any other option: is no JSON (${(error as Error).message}). Expected an object such as ` +
        '{"bounds": {"shift": null}}.',
    );
  }
  if (isFields(fields)) return fields;
  throw new InputError(
    `Any other option: is ${text.trim()}, expected an object such as {"bounds": {"shift": null}}.`,
  );
}

function fieldOf(fields: unknown, [name, ...inside]: string[]): unknown {
  const value = isFields(fields) ? fields[name] : undefined;
  return inside.length === 0 ? value : fieldOf(value, inside);
}

function withField(fields: unknown, [name, ...inside]: string[], value: unknown): Fields {
  const own = isFields(fields) ? fields : {};
  return {...own, [name]: inside.length === 0 ? value : withField(own[name], inside, value)};
}

function withoutField(fields: Fields, [name, ...inside]: string[]): Fields {
  const {[name]: value, ...others} = fields;
  if (inside.length === 0 || !isFields(value)) return others;
  const rest = withoutField(value, inside);
  return Object.keys(rest).length === 0 ? others : {...others, [name]: rest};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
