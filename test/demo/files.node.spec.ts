import {gzipSync} from 'node:zlib';
import {openPage} from './built_page';
import {stripes} from './idx_bytes';
import {choose, drop, exportedRun, ready, trainToEnd} from './page_driver';

describe('Files dropped onto the page', () => {
  it('train both networks, plain or gzip, and are told apart by what they hold', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {hidden: '8', batch: '16', epochs: '8'});
    const {images, labels} = stripes(120);
    await drop(page, {'any name': labels, 'another.gz': gzipSync(images)});
    await page.locator('#files-info').waitFor();
    expect(await page.locator('#files-info').textContent()).toBe(
      'another: 100 images of 5×4, 20 to test on.',
    );
    await ready(page);
    await trainToEnd(page);
    const {data, sides, network} = await exportedRun(page);
    expect(data).toEqual({
      name: 'another',
      train: 100,
      test: 20,
      rows: 5,
      columns: 4,
      classes: 3,
      note: null,
    });
    expect(network).toContain('20-8-3');
    for (const {points} of sides) expect(points[8].accuracy).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('are given to a new worker after one has died, which is then the only one', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await drop(page, stripes(30));
    await page.locator('#about-run', {hasText: 'on images · 25 images'}).waitFor();
    await page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    const message = page.locator('#messages .error');
    await message.filter({hasText: 'out of memory). Reset starts a new one.'}).waitFor();
    await page.locator('#reset').click();
    await message.waitFor({state: 'detached'});
    await ready(page);
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 1 ·'}).waitFor();
    expect((await exportedRun(page)).data.train).toBe(25);
    expect(page.workers().length).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('get a message if they are broken, and nothing is lost', async () => {
    const {page, complaints} = await openPage();
    await ready(page);
    await choose(page, {hidden: '8', limit: '64', epochs: '2'});
    await trainToEnd(page);
    const before = await exportedRun(page);
    const {images, labels} = stripes(30);
    const message = page.locator('#messages .error');

    const broken: Array<[files: Record<string, Uint8Array>, says: RegExp]> = [
      [{'cut.idx': images.subarray(0, 100), labels}, /^cut\.idx: .*download it again/],
      [{images, 'short.idx': labels.subarray(0, 20)}, /^short\.idx: .*30 labels/],
      [{images, 'other.idx': stripes(29).labels}, /^other\.idx: has 29 labels, .* has 30 images/],
      [{'photo.png': Uint8Array.of(137, 80, 78, 71, 13, 10), labels}, /^photo\.png: .*0x89504e47/],
      [{'cut.gz': gzipSync(images).subarray(0, 40), labels}, /^cut\.gz: cannot be unpacked/],
      [{images}, /1 files? of images and 0 of labels/],
      [{'run.json': Buffer.from('{"format": 1')}, /^run\.json: is no JSON/],
      [{'run.json': Buffer.from('{"format": 1}')}, /^run\.json: is not a run of this page/],
    ];
    for (const [files, says] of broken) {
      await drop(page, files);
      await message.filter({hasText: says}).waitFor();
      expect(await exportedRun(page)).toEqual(before);
    }
    // The networks are still there.
    await page.locator('#step').click();
    await page.locator('#clock', {hasText: 'step 3 ·'}).waitFor();
    expect(await message.count()).toBe(1);
    await page.getByRole('button', {name: 'Close the message'}).click();
    await message.waitFor({state: 'detached'});
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
