import type {App} from './app';
import {element} from './element';
import {counted} from './numbers';
import type {State} from './state';

/** Files that are chosen, or dropped anywhere on the page. */
export function files(app: () => App) {
  const input = element('files', HTMLInputElement);
  const info = element('files-info', HTMLElement);
  const zone = element('dropzone', HTMLElement);

  input.addEventListener('change', () => give([...(input.files ?? [])]));
  let depth = 0;
  const show = (change: number) => {
    depth = Math.max(0, depth + change);
    zone.hidden = depth === 0;
  };
  addEventListener('dragenter', ({dataTransfer}) => {
    if (dataTransfer?.types.includes('Files')) show(1);
  });
  addEventListener('dragleave', () => show(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    show(-depth);
    give([...(event.dataTransfer?.files ?? [])]);
  });

  function give(given: File[]): void {
    if (given.length === 0) return;
    const isRun = given.length === 1 && given[0].name.endsWith('.json');
    void (isRun ? app().open(given[0]) : app().giveFiles(given));
    input.value = '';
  }

  return ({files: present}: State) => {
    info.hidden = present === null;
    if (present === null) return;
    const {name, train, test, rows, columns} = present;
    info.textContent = `${name}: ${counted(train, 'image')} of ${rows}×${columns}, ${test.toLocaleString('en')} to test on.`;
  };
}
