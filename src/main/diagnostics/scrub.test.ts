import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubbed } from './scrub.js';

const persons = { program: '/opt/DDT Studio/app', user: 'annika', machine: 'annikas-laptop' };

describe('what is a person’s own', () => {
  it.each([
    ['a path', "ENOENT: no such file or directory, open '/home/annika/My Pictures/x.txt'"],
    ['one with spaces, without quotes', 'Cannot read /home/annika/My Secret Pictures/x.txt'],
    ['one of Windows', 'EPERM: C:\\Users\\annika\\Secret folder\\x.txt'],
    ['a share', 'EPERM: \\\\server\\Secret\\x.txt'],
    ['an address of a file', 'file:///home/annika/Secret/x.js:1:2'],
    ['a file’s name', 'Secret.png: The file is damaged'],
    ['words in quotes', 'There is no project “Secret plans” here, nor "Secret plans".'],
    ['the user and the machine', 'Secret'.replace('Secret', 'annika on annikas-laptop')],
    ['the way in', 'http://127.0.0.1:4600/?enter=Secret123'],
  ])('%s is left out', (_, text) => {
    const left = scrubbed(text, persons);
    expect(left).not.toMatch(/Secret|annika|My Pictures/);
  });

  it('keeps what tells where in the program it happened', () => {
    const trace =
      'Error: broken\n    at draw (file:///opt/DDT Studio/app/out/main/engine.js:12:3)\n    at node:internal/x:1:1';
    expect(scrubbed(trace, persons)).toBe(
      'Error: broken\n    at draw (<program>/out/main/engine.js:12:3)\n    at node:internal/x:1:1',
    );
  });

  it('inference servers, in the sentences of the studio and by their addresses', () => {
    const text =
      'The graphs decoder and encoder of the pack run on https://gpu-box:8000 (triton 2.6) and http://b (x 1); the rest runs here. ' +
      'The server https://gpu-box:8000 cannot be reached. https://mine/x';
    expect(scrubbed(text, { ...persons, servers: ['https://mine/x'] })).toBe(
      'The graphs decoder and encoder of the pack run on <server> (triton 2.6) and <server> (x 1); the rest runs here. ' +
        'The server <server> cannot be reached. <server>',
    );
  });

  it('keeps measures, fractions and addresses', () => {
    const text = 'step 3 / 16, 1/2, https://example.org/a/b';
    expect(scrubbed(text, persons)).toBe(text);
  });

  it('nothing below a folder outside the program is told, whatever it is called', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9 _-]{1,20}$/).filter((one) => one.trim() === one);
    fc.assert(
      fc.property(fc.array(name, { minLength: 2, maxLength: 5 }), (names) => {
        const said = scrubbed(`It failed: open '/private/${names.join('/')}' at once`, persons);
        expect(said).toBe("It failed: open '<path>' at once");
      }),
    );
  });
});
