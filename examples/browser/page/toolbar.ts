import type {RunRecord} from '../shared/run_record';
import type {App} from './app';
import {element} from './element';
import {counted} from './numbers';
import {passFocus} from './pass_focus';
import {isWaiting, type State} from './state';

/** The buttons that run the training, and how far it is. */
export function toolbar(app: () => App) {
  const run = element('run', HTMLButtonElement);
  const step = element('step', HTMLButtonElement);
  const reset = element('reset', HTMLButtonElement);
  const apply = element('apply', HTMLButtonElement);
  const clock = element('clock', HTMLElement);
  const progress = element('progress', HTMLProgressElement);
  const status = element('status', HTMLElement);
  const pending = element('pending', HTMLElement);
  const stage = element('stage', HTMLElement);

  run.addEventListener('click', () => {
    void (app().state.phase === 'running' ? app().pause() : app().start());
  });
  step.addEventListener('click', () => void app().step());
  reset.addEventListener('click', () => void app().reset());
  apply.addEventListener('click', () => void app().reset());

  return (state: State) => {
    const {phase, record, isBuilding} = state;
    const isRunning = phase === 'running';
    write(run, isRunning ? 'Pause' : runText(state));
    const isDead = phase === 'broken' || record === null;
    reset.disabled = phase === 'loading' && record === null;
    for (const button of [run, step]) {
      // A press that leaves a field begins to build before it is over, and counts.
      const isDisabled = isDead || (isBuilding && !button.matches(':active'));
      if (isDisabled) passFocus(button, reset);
      button.disabled = isDisabled;
    }
    stage.ariaBusy = String(isBuilding);
    if (!isWaiting(state)) passFocus(pending, run, reset);
    pending.hidden = !isWaiting(state);
    write(clock, clockText(state));
    write(status, statusText(state));
    progress.value = isAtEnd(state) ? 1 : shareOf(state);
  };
}

/** The share of its epochs that a run has done; of the next ones, after these. */
function shareOf({record, step}: State): number {
  if (record === null) return 0;
  return (step / (record.stepsPerEpoch * record.settings.epochs)) % 1;
}

/** Whether all epochs are done that it was to have, and not one of the next. */
function isAtEnd(state: State): boolean {
  return state.step > 0 && shareOf(state) === 0;
}

function runText(state: State): string {
  if (state.step === 0 || state.isOpened) return 'Start';
  if (!isAtEnd(state)) return 'Continue';
  return `Train ${counted((state.record as RunRecord).settings.epochs, 'more epoch')}`;
}

function clockText({phase, record, step, isOpened, isBuilding}: State): string {
  if (isBuilding) return 'Building …';
  if (phase === 'broken') return 'Stopped';
  if (record === null) return phase === 'loading' ? 'Loading TensorFlow.js …' : 'No run';
  const epoch = step / record.stepsPerEpoch;
  const {epochs} = record.settings;
  const of = Math.max(epochs, Math.ceil(epoch / epochs - 1e-9) * epochs);
  const from = isOpened ? ' · from a file' : '';
  return `Epoch ${epoch.toFixed(1)} of ${of} · step ${step} · ${record.backend}${from}`;
}

/** For those who hear the page: only what changes rarely. */
function statusText({phase, record, step, isBuilding}: State): string {
  if (isBuilding) return 'Building.';
  if (record === null) return '';
  const epoch = (step / record.stepsPerEpoch).toFixed(1);
  if (phase === 'running') return 'Training.';
  if (phase === 'broken') return 'Training has stopped.';
  return step === 0 ? 'Ready.' : `Paused after ${epoch} epochs.`;
}

function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
