import {readFile} from 'node:fs/promises';
import type {Page} from 'playwright-core';
import type {RunRecord} from '../../examples/browser/shared/run_record';

/** Until the page has a run that is what its form says. */
export async function ready(page: Page): Promise<void> {
  // What was done before is shown in the next frame.
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.locator('#stage[aria-busy="false"]').waitFor();
  await page.locator('#run:enabled').waitFor();
}

/** Fills in fields of the form, by their names, and waits for a run that follows them. */
export async function choose(page: Page, values: Record<string, string>): Promise<void> {
  await setFields(page, values);
  await ready(page);
}

/** Fills in a field of the form by its name, or by its path if it is an option of DTP. */
export async function setField(page: Page, name: string, value: string): Promise<void> {
  await setFields(page, {[name]: value});
}

/** One after the other, so quickly that a run begins for the last one only. */
async function setFields(page: Page, values: Record<string, string>): Promise<void> {
  await page.locator('#settings').evaluate((form, given) => {
    for (const [name, value] of Object.entries(given)) {
      const control = form.querySelector(`[name="${name}"], [data-path="${name}"]`);
      if (control === null) throw new Error(`The form has no field "${name}".`);
      (control as HTMLInputElement).value = value;
      control.dispatchEvent(new Event('change', {bubbles: true}));
    }
  }, values);
}

/** The step that the page says it has reached. */
export async function stepOf(page: Page): Promise<number> {
  return Number((await page.locator('#clock').textContent())?.match(/step (\d+)/)?.[1]);
}

/** Starts training, and waits until all its epochs are done. */
export async function trainToEnd(page: Page): Promise<void> {
  await page.locator('#run').click();
  await page.locator('#clock', {hasText: /^Epoch (\d+)\.0 of \1 ·/}).waitFor();
  await page.getByRole('button', {name: /^Train \d+ more epochs?$/}).waitFor();
}

/** The files that a button has the browser download, by their names. */
export async function downloads(page: Page, button: string, ...names: string[]): Promise<Buffer[]> {
  const started = names.map((name) =>
    page.waitForEvent('download', (download) => download.suggestedFilename() === name),
  );
  await page.locator(button).click();
  return Promise.all(started.map(async (download) => readFile(await (await download).path())));
}

/** The run as the page exports it. */
export async function exportedRun(page: Page): Promise<RunRecord> {
  const [file] = await downloads(page, '#export-json', 'run.json');
  return JSON.parse(String(file));
}

/** Drops files onto the page. */
export async function drop(page: Page, files: Record<string, Uint8Array>): Promise<void> {
  const contents = Object.entries(files).map(([name, bytes]) => ({name, bytes: [...bytes]}));
  const dataTransfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const {name, bytes} of given) {
      transfer.items.add(new File([new Uint8Array(bytes)], name));
    }
    return transfer;
  }, contents);
  await page.dispatchEvent('body', 'drop', {dataTransfer});
}

/** Draws a line on the pad, through points of it, which is 1 wide and high. Each costs a frame. */
export async function drawStroke(page: Page, points: Array<[number, number]>): Promise<void> {
  const pad = page.locator('#pad');
  await pad.scrollIntoViewIfNeeded();
  const {x, y, width, height} = (await pad.boundingBox()) as {
    x: number;
    y: number;
    width: number;
    height: number;
  };
  for (const [i, [across, down]] of points.entries()) {
    await page.mouse.move(x + across * width, y + down * height);
    if (i === 0) await page.mouse.down();
  }
  await page.mouse.up();
}
