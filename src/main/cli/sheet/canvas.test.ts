import { expect, it } from 'vitest';
import { paste } from '../../../shared/pictures/cut-out.js';
import { blankImage, contactSheet } from './canvas.js';
import { ink, paper } from './colours.js';
import { drawText, fitText, hearUnwritten, wrapText, writable } from './text.js';

function pixel({ width, data }: { width: number; data: Uint8Array }, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
}

it('draws letters as letters', () => {
  const image = blankImage(6, 8);
  drawText(image, 'L', 0, 0, ink);
  const rows = Array.from({ length: 8 }, (_, y) =>
    Array.from({ length: 5 }, (_, x) => (pixel(image, x, y)[0] === ink[0] ? '#' : '.')).join(''),
  );
  expect(rows).toEqual(['#....', '#....', '#....', '#....', '#....', '#....', '#####', '.....']);
});

it('draws letters without their accents, what it does not know as a question mark and said, never outside the picture', () => {
  const [one, other] = [blankImage(24, 8), blankImage(24, 8)];
  const heard: string[] = [];
  hearUnwritten((character) => heard.push(character));
  drawText(one, 'é?圓x', 0, 0, ink);
  expect(heard).toEqual(['圓']);
  drawText(other, 'e??x', 0, 0, ink);
  expect(heard).toEqual(['圓']);
  hearUnwritten(() => {});
  expect(one).toEqual(other);
  drawText(one, 'far outside', 20, 6, ink);
});

it('writes other signs by their stand-ins', () => {
  expect(writable('Größe “¼” – naïve…')).toBe('Grosse "?" - naive...');
});

it('fitText shortens to the width', () => {
  expect(fitText('abcdef', 36)).toBe('abcdef');
  expect(fitText('abcdefg', 36)).toBe('abcd..');
});

it('cuts pictures at the edge', () => {
  const target = blankImage(3, 3);
  paste(target, blankImage(4, 4, [9, 9, 9]), 2, 2);
  expect(pixel(target, 2, 2)).toEqual([9, 9, 9]);
  expect(pixel(target, 1, 2)).toEqual([...paper]);
});

it('places cells row by row', () => {
  const colours = [1, 2, 3].map((value) => blankImage(10, 10, [value, value, value]));
  const sheet = contactSheet(
    colours.map((image) => ({ image, captions: [] })),
    { columns: 2 },
  );
  const found = new Set(Array.from({ length: sheet.data.length / 4 }, (_, index) => sheet.data[index * 4]));
  expect([1, 2, 3].every((value) => found.has(value))).toBe(true);
  expect(sheet.width).toBe(8 + 2 * 18);
});

it('makes room for labels of rows and columns', () => {
  const cells = [1, 2].map(() => ({ image: blankImage(40, 10), captions: [] }));
  const plain = contactSheet(cells, { columns: 2 });
  const labelled = contactSheet(cells, { columns: 2, columnLabels: ['one', 'two'], rowLabels: ['row'] });
  expect(labelled.height - plain.height).toBe(10);
  expect(labelled.width - plain.width).toBe(3 * 6 + 8);
  const inked = (sheet: typeof plain) => sheet.data.filter((value, at) => at % 4 === 0 && value === 222).length;
  expect(inked(plain)).toBe(0);
  expect(inked(labelled)).toBeGreaterThan(40);
});

it('wrapText breaks at spaces, breaks words that are too long, and shortens what does not fit', () => {
  expect(wrapText('a red circle', 42, 3)).toEqual(['a red', 'circle']);
  expect(wrapText('abcdefgh ij', 30, 3)).toEqual(['abcde', 'fgh', 'ij']);
  expect(wrapText('one two three four', 30, 2)).toEqual(['one', 'two..']);
  expect(wrapText('', 30, 2)).toEqual([]);
});
