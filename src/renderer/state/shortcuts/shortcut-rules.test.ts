import { describe, expect, it } from 'vitest';
import { reasonAgainst } from './shortcut-rules.js';

const pc = { mac: false, inFields: false };
const mac = { mac: true, inFields: false };

describe('keys nobody can have', () => {
  it.each(['Mod+W', 'Mod+T', 'Mod+Shift+N', 'F5', 'Mod+R', 'F12', 'Tab', 'Shift+Tab', 'Space', 'Escape', 'Mod+V'])(
    '%s, with a reason',
    (keys) => expect(reasonAgainst(keys, pc)).toMatch(/^[A-Z].*\.$/),
  );

  it('are refused in any notation', () => expect(reasonAgainst('Shift+Mod+n', pc)).not.toBeNull());

  it('are more on a Mac', () => {
    expect(reasonAgainst('Mod+H', mac)).toMatch(/hides/);
    expect(reasonAgainst('Mod+H', pc)).toBeNull();
  });

  it('are plain letters for what also works while somebody writes', () => {
    const writing = { mac: false, inFields: true };
    expect(reasonAgainst('K', writing)).toMatch(/while you write/);
    expect(reasonAgainst('Shift+K', writing)).toMatch(/while you write/);
    expect(reasonAgainst('Mod+K', writing)).toBeNull();
    expect(reasonAgainst('Alt+K', writing)).toBeNull();
    expect(reasonAgainst('F4', writing)).toBeNull();
    expect(reasonAgainst('K', pc)).toBeNull();
  });
});
