/** A picture that takes long to read keeps nobody waiting but the window that brought it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encode } from 'jpeg-js';
import { codeOf, greyPng } from './helpers.js';
import { makeFolders, transports, type TestFolders, type TestHost } from './transports.js';

let folders: TestFolders;
let host: TestHost;

beforeAll(async () => {
  folders = makeFolders();
  host = await transports.web({ dataDirectory: folders.data, packDirectory: folders.packs });
});
afterAll(async () => {
  await host.close();
  folders.remove();
});

test('other windows are answered, and import their own small pictures, while a large one is read', async () => {
  const [busy, other] = [await host.openWindow(), await host.openWindow()];
  await busy.api.createProject({ name: 'Busy' });
  await other.api.createProject({ name: 'Other' });
  const side = 2500;
  const jpeg = encode({ width: side, height: side, data: Buffer.alloc(side * side * 4, 90) }, 50).data;
  const order: string[] = [];
  const importing = busy.api.importImage({ bytes: jpeg, fileName: 'large.jpg' }).then((image) => {
    order.push('large');
    return image;
  });
  for (let turn = 0; turn < 5; turn++) {
    await other.api.status({});
    order.push('status');
  }
  await other.api.importImage({ bytes: greyPng(9), fileName: 'small.png' });
  order.push('small');
  expect(await importing).toMatchObject({ width: side, height: side });
  expect(order).toEqual(['status', 'status', 'status', 'status', 'status', 'small', 'large']);
});

test('a JPEG of a thousand scans is refused by name, and the project goes on', async () => {
  const window = await host.openWindow();
  await window.api.createProject({ name: 'Scans' });
  const bytes = scanBomb();
  await expect(window.api.importImage({ bytes, fileName: 'bomb.jpg' })).rejects.toMatchObject({
    code: 'image-too-large',
    message: /“bomb\.jpg” goes over its pixels too often/,
  });
  expect(await window.api.importImage({ bytes: greyPng(1), fileName: 'a.png' })).toMatchObject({ width: 4 });
  expect(await codeOf(window.api.importImage({ bytes: new Uint8Array(9), fileName: 'b' }))).toBe('image-unreadable');
});

/** 8000 × 5000, progressive: each scan of 15 bytes goes over every block once more. */
function scanBomb(): Uint8Array {
  const segment = (marker: number, body: number[]): number[] => [0xff, marker, 0, body.length + 2, ...body];
  const scan = [...segment(0xda, [1, 1, 0, 1, 0x3f, 0x10]), 0, 0, 0];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(0xc2, [8, 0x13, 0x88, 0x1f, 0x40, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0xe0]),
    ...Array.from({ length: 1000 }, () => scan).flat(),
    ...[0xff, 0xd9],
  ]);
}
