import { describe, expect, it } from 'vitest';
import { cancelledError, isCancelled, reviveError, serialiseError, StudioError } from './errors.js';

describe('errors across a boundary', () => {
  it('keeps code, message, remedy and detail', () => {
    const original = new StudioError('disk-full', 'The disk is full.', 'Free some space.', { detail: 'ENOSPC' });
    const revived = reviveError(structuredClone(serialiseError(original)));
    expect(revived).toBeInstanceOf(StudioError);
    expect(revived.serialise()).toEqual(original.serialise());
  });

  it('calls an unknown error a bug, with the stack in the detail and never in the message', () => {
    const plain = serialiseError(new TypeError('x is not a function'));
    expect(plain.code).toBe('internal');
    expect(plain.message).not.toMatch(/\n|at /);
    expect(plain.detail).toMatch(/TypeError/);
  });

  it('tells cancelled from failed', () => {
    expect(isCancelled(reviveError(serialiseError(cancelledError())))).toBe(true);
    expect(isCancelled(new StudioError('engine-failed', '', ''))).toBe(false);
  });
});
