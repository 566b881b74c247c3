import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeFileName } from './file-names.js';

const name = (text: string): string => safeFileName(text, '-7.png', 'image');

it('keeps what every file system accepts', () => {
  expect(name('a red circle')).toBe('a red circle-7.png');
  expect(name('Größe “M”: 赤い円?')).toBe('Größe M 赤い円-7.png');
  expect(name('../../etc/passwd')).toBe('etc passwd-7.png');
  expect(name(' ... ')).toBe('image-7.png');
});

it('never names a device of Windows', () => {
  expect(safeFileName('CON', '.png', 'image')).toBe('image CON.png');
  expect(safeFileName('nul.txt', '.png', 'image')).toBe('image nul.txt.png');
  expect(safeFileName('com1', '.ddt', 'project')).toBe('project com1.ddt');
  expect(safeFileName('console', '.png', 'image')).toBe('console.png');
});

it('cuts by bytes, between characters', () => {
  const long = name('円'.repeat(300));
  expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(140);
  expect(long).toMatch(/^円+-7\.png$/);
});

it('holds for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const made = name(text);
      expect(new TextEncoder().encode(made).length).toBeLessThanOrEqual(150);
      // eslint-disable-next-line no-control-regex -- what Windows forbids
      expect(made).not.toMatch(/[<>:"/\\|?*\u0000-\u001f]|^[ .]|[ .]$/);
      expect(made.endsWith('-7.png')).toBe(true);
    }),
  );
});
