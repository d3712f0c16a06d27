import {writeRecord} from '../shared/run_record';
import type {App} from './app';
import {svgOf} from './chart';
import {pictureOption} from './chart_options';
import {create, element} from './element';
import {currentLook} from './look';
import {hasNetworks, type State} from './state';

const PICTURE = {width: 1200, height: 800};

/** Everything that can be taken away, and opened again. */
export function keep(app: () => App) {
  const onClick = (id: string, action: () => void | Promise<void>) => {
    element(id, HTMLButtonElement).addEventListener('click', () => {
      void Promise.resolve().then(action).catch(app().complain);
    });
  };
  const record = () => {
    const {record: present} = app().state;
    if (present === null) throw new Error('There is no run yet. Reset to begin one.');
    return present;
  };
  const svg = () => svgOf(pictureOption(record(), currentLook()), PICTURE.width, PICTURE.height);

  onClick('export-json', () => download('run.json', writeRecord(record()), 'application/json'));
  onClick('export-svg', () => download('run.svg', svg(), 'image/svg+xml'));
  onClick('export-png', async () => download('run.png', await rasterised(svg()), 'image/png'));
  for (const [side, id] of ['save-dtp', 'save-rival'].entries()) {
    onClick(id, async () => {
      const saved = await app().save(side as 0 | 1);
      if (saved === null) return;
      download('model.json', saved.topology, 'application/json');
      download(saved.weightsFile, saved.weights, 'application/octet-stream');
    });
  }
  const open = element('open', HTMLInputElement);
  open.addEventListener('change', () => {
    const [file] = open.files ?? [];
    if (file !== undefined) void app().open(file);
    // So that the same file can be chosen again.
    open.value = '';
  });
  const models = ['save-dtp', 'save-rival'].map((id) => element(id, HTMLButtonElement));

  return (state: State) => {
    for (const id of ['export-json', 'export-svg', 'export-png']) {
      element(id, HTMLButtonElement).disabled = state.record === null;
    }
    for (const button of models) button.disabled = !hasNetworks(state);
  };
}

function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], {type}));
  create('a', {href: url, download: name}).click();
  // The browser has it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function rasterised(svg: string): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
  try {
    image.src = url;
    await image.decode();
  } finally {
    URL.revokeObjectURL(url);
  }
  const canvas = create('canvas', {width: 2 * PICTURE.width, height: 2 * PICTURE.height});
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) =>
      blob === null
        ? reject(new Error('This browser cannot make a PNG. Take the SVG.'))
        : resolve(blob),
    ),
  );
}
