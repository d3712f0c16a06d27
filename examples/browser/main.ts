import {type App, createApp} from './page/app';
import {curves} from './page/curves';
import {drawingPad} from './page/drawing_pad';
import {create, element} from './page/element';
import {files} from './page/files';
import {keep} from './page/keep';
import {layers} from './page/layers';
import {onLookChange} from './page/look';
import {passFocus} from './page/pass_focus';
import {pictures} from './page/pictures';
import {connect} from './page/remote';
import {scoreCards} from './page/score_cards';
import {settingsForm} from './page/settings_form';
import type {State} from './page/state';
import {toolbar} from './page/toolbar';
import {verdicts} from './page/verdicts';

/** Curves and tables follow the training at most so often, in milliseconds. */
const DRAW_EVERY = 400;

const getApp = (): App => app;
const form = settingsForm(
  (settings) => app.setSettings(settings),
  (error) => app.misread(error),
);
const atOnce = [toolbar(getApp), drawingPad(getApp), verdicts(), files(getApp), keep(getApp)];
const scores = scoreCards();
const ofRecord = [curves(), layers(), pictures()];

let offered: State['offer'] = null;
let drawn: State['record'] = null;
let said: State['message'] = null;
let drawnAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let isScheduled = false;

const app = createApp(connect, () => {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    render(app.state);
  });
});

function render(state: State): void {
  if (state.offer !== null && state.offer !== offered) {
    offered = state.offer;
    form.offer(state.offer);
    form.show({...state.settings});
  }
  form.show(state.settings);
  for (const part of atOnce) part(state);
  showMessage(state.message);
  showRival(state);
  const {memory} = state;
  element('memory', HTMLElement).textContent =
    memory === null
      ? ''
      : `${memory.tensors} tensors in the worker, ${(memory.bytes / 2 ** 20).toFixed(1)} MB`;
  if (state.record === drawn) return;
  const wait = drawnAt + DRAW_EVERY - performance.now();
  clearTimeout(timer);
  if (wait <= 0 || state.step === 0) drawRecord();
  else timer = setTimeout(drawRecord, wait);
}

function drawRecord(): void {
  drawn = app.state.record;
  drawnAt = performance.now();
  scores(app.state);
  for (const part of ofRecord) part(drawn);
}

function showMessage(message: State['message']): void {
  if (message === said) return;
  said = message;
  const place = element('messages', HTMLElement);
  if (message === null) {
    passFocus(place, element('run', HTMLElement), element('reset', HTMLElement));
    place.replaceChildren();
    return;
  }
  const close = create('button', {
    type: 'button',
    className: 'small',
    textContent: 'Close',
    ariaLabel: 'Close the message',
  });
  close.addEventListener('click', () => app.dismiss());
  const before = [...place.children];
  place.append(create('p', {className: message.kind, textContent: message.text}), close);
  passFocus(place, close);
  for (const gone of before) gone.remove();
}

/** The other method has its name and its colour everywhere. */
function showRival({record}: State): void {
  if (record === null) return;
  const [, {label, method}] = record.sides;
  document.documentElement.dataset.rivalMethod = method;
  for (const place of document.querySelectorAll('[data-rival="name"]')) place.textContent = label;
}

onLookChange(() => {
  drawn = null;
  render(app.state);
});
// On a narrow screen the settings would stand in the way.
if (matchMedia('(max-width: 60rem)').matches) {
  element('settings-box', HTMLDetailsElement).open = false;
}
void app.load();
