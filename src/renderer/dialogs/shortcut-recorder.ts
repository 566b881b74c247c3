/** New keys for a command, as a state machine: it listens, asks when another command has the keys, and answers with what to do. Pure. */

/** `replaced`: the keys that go when new ones come; null: one more. */
interface Subject {
  readonly id: string;
  readonly replaced: string | null;
}

export type Recorder =
  | { readonly kind: 'idle' }
  /** `refusal`: why the keys pressed last cannot be had. */
  | (Subject & { readonly kind: 'listening'; readonly refusal: string | null })
  | (Subject & { readonly kind: 'asking'; readonly shortcut: string; readonly ownerId: string });

export type RecorderInput =
  | { readonly type: 'begin'; readonly id: string; readonly replaced: string | null }
  /** `shortcut`: canonical text. */
  | { readonly type: 'press'; readonly shortcut: string }
  /** The person wants the keys although another command has them. */
  | { readonly type: 'reassign' }
  | { readonly type: 'cancel' };

export interface KeyFacts {
  /** Why these keys cannot be had by this command; null when they can. */
  reasonAgainst: (id: string, shortcut: string) => string | null;
  /** The other command that has them, null when nobody does. */
  ownerOf: (id: string, shortcut: string) => string | null;
}

export interface Assignment extends Subject {
  readonly shortcut: string;
}

export const idle: Recorder = { kind: 'idle' };

export function stepRecorder(
  recorder: Recorder,
  input: RecorderInput,
  facts: KeyFacts,
): { recorder: Recorder; assigned: Assignment | null } {
  const stay = (next: Recorder) => ({ recorder: next, assigned: null });
  switch (input.type) {
    case 'begin':
      return stay({ kind: 'listening', id: input.id, replaced: input.replaced, refusal: null });
    case 'cancel':
      return stay(idle);
    case 'press': {
      if (recorder.kind !== 'listening') return stay(recorder);
      const { id, replaced } = recorder;
      const { shortcut } = input;
      if (shortcut === 'Escape') return stay(idle);
      const refusal = facts.reasonAgainst(id, shortcut);
      if (refusal !== null) return stay({ ...recorder, refusal });
      const ownerId = facts.ownerOf(id, shortcut);
      if (ownerId !== null) return stay({ kind: 'asking', id, replaced, shortcut, ownerId });
      return { recorder: idle, assigned: { id, replaced, shortcut } };
    }
    case 'reassign': {
      if (recorder.kind !== 'asking') return stay(recorder);
      const { id, replaced, shortcut } = recorder;
      return { recorder: idle, assigned: { id, replaced, shortcut } };
    }
  }
}
