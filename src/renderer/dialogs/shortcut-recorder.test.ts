import { array, assert, constantFrom, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idle, stepRecorder, type KeyFacts, type Recorder, type RecorderInput } from './shortcut-recorder.js';

const facts: KeyFacts = {
  reasonAgainst: (_id, shortcut) => (shortcut === 'Mod+W' ? 'The window closes with these keys.' : null),
  ownerOf: (id, shortcut) => (shortcut === 'D' && id !== 'describe' ? 'describe' : null),
};
const begin: RecorderInput = { type: 'begin', id: 'undo', replaced: 'Mod+Z' };

function after(...inputs: RecorderInput[]): Recorder {
  return inputs.reduce((recorder, input) => stepRecorder(recorder, input, facts).recorder, idle as Recorder);
}

describe('the recorder of shortcuts', () => {
  it('assigns free keys at once', () => {
    const { recorder, assigned } = stepRecorder(after(begin), { type: 'press', shortcut: 'K' }, facts);
    expect(recorder).toEqual(idle);
    expect(assigned).toEqual({ id: 'undo', replaced: 'Mod+Z', shortcut: 'K' });
  });

  it('goes on listening after keys that cannot be had, and says why', () => {
    const refused = after(begin, { type: 'press', shortcut: 'Mod+W' });
    expect(refused).toMatchObject({ kind: 'listening', refusal: 'The window closes with these keys.' });
    expect(stepRecorder(refused, { type: 'press', shortcut: 'K' }, facts).assigned).not.toBeNull();
  });

  it('asks before it takes keys from another command', () => {
    const asking = after(begin, { type: 'press', shortcut: 'D' });
    expect(asking).toEqual({ kind: 'asking', id: 'undo', replaced: 'Mod+Z', shortcut: 'D', ownerId: 'describe' });
    expect(stepRecorder(asking, { type: 'reassign' }, facts).assigned).toMatchObject({ id: 'undo', shortcut: 'D' });
    expect(stepRecorder(asking, { type: 'cancel' }, facts)).toEqual({ recorder: idle, assigned: null });
  });

  it('is left by Escape and by beginning another', () => {
    expect(after(begin, { type: 'press', shortcut: 'Escape' })).toEqual(idle);
    expect(after(begin, { type: 'begin', id: 'redo', replaced: null })).toMatchObject({ id: 'redo', refusal: null });
  });

  it('assigns only what was begun, is permitted, and is free or was asked about', () => {
    const inputs = oneof(
      record({
        type: constantFrom('begin' as const),
        id: constantFrom('undo', 'describe'),
        replaced: constantFrom(null, 'X'),
      }),
      record({ type: constantFrom('press' as const), shortcut: constantFrom('D', 'K', 'Mod+W', 'Escape') }),
      record({ type: constantFrom('reassign' as const, 'cancel' as const) }),
    );
    assert(
      property(array(inputs, { maxLength: 30 }), (sequence) => {
        let recorder: Recorder = idle;
        for (const input of sequence) {
          const before = recorder;
          const { recorder: next, assigned } = stepRecorder(before, input, facts);
          recorder = next;
          if (assigned === null) continue;
          expect(next).toEqual(idle);
          if (before.kind === 'idle') throw new Error('Nothing was begun.');
          expect(assigned.id).toBe(before.id);
          expect(facts.reasonAgainst(assigned.id, assigned.shortcut)).toBeNull();
          if (facts.ownerOf(assigned.id, assigned.shortcut) !== null) expect(input.type).toBe('reassign');
        }
      }),
    );
  });
});
