/**
 * Errors are part of the interface: every failure a person can meet has a code, a sentence that names
 * the cause, and a way out. Cancelled is its own code because cancelled is not failed.
 */
export const studioErrorCodes = [
  'cancelled',
  'bad-request', // a message that breaks the contract: the caller's fault
  'prompt-empty',
  'prompt-too-long',
  'pack-missing',
  'pack-damaged', // a file's size, hash, graph names or shapes differ from what the pack states
  'pack-unsupported', // a format version, or a feature, this studio cannot run
  'task-unsupported', // the pack in use cannot do this task (no language model, no keep-from-m …)
  'tokens-invalid', // codes of another pack, of the wrong count or out of range
  'image-unreadable',
  'image-too-large',
  'metadata-invalid', // what an image file says about itself cannot be believed
  'engine-failed', // an operation inside the engine threw
  'engine-stopped', // the engine's process ended in mid-job
  'server-unreachable', // an inference server cannot be reached, or stopped answering
  'server-refused', // it wants another token, or none of ours may be sent
  'server-unsuitable', // it speaks another protocol, has another pack, or answers what no graph would
  'download-failed', // a file could not be fetched, or is not the one that was pinned
  'project-damaged',
  'project-newer',
  'project-read-only',
  'disk-full',
  'disk-failed', // the system reported an error in reading or writing
  'memory-full',
  'place-unwritable', // nothing may be written there
  'gallery-unwritable', // stars and the trash cannot be saved
  'cache-unusable', // what is kept only to be faster cannot be kept
  'not-found',
  'unauthorised',
  'disconnected', // the window lost its host
  'internal', // a bug
] as const;

export type StudioErrorCode = (typeof studioErrorCodes)[number];

/** What crosses a process or network boundary. `remedy` tells the way out in one sentence. */
export interface SerialisedError {
  code: StudioErrorCode;
  message: string;
  remedy: string;
  /** Extra facts for a log or a bug report, never needed to understand the message. */
  detail?: string;
}

export class StudioError extends Error {
  readonly code: StudioErrorCode;
  readonly remedy: string;
  readonly detail: string | undefined;

  constructor(code: StudioErrorCode, message: string, remedy: string, options?: { detail?: string; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StudioError';
    this.code = code;
    this.remedy = remedy;
    this.detail = options?.detail;
  }

  serialise(): SerialisedError {
    const plain: SerialisedError = { code: this.code, message: this.message, remedy: this.remedy };
    if (this.detail !== undefined) plain.detail = this.detail;
    return plain;
  }
}

export function cancelledError(): StudioError {
  return new StudioError('cancelled', 'The job was cancelled.', 'Run it again when you like.');
}

/** Any thrown value as a serialised error; what is not a StudioError is a bug and says so. */
export function serialiseError(thrown: unknown): SerialisedError {
  if (thrown instanceof StudioError) return thrown.serialise();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const plain: SerialisedError = {
    code: 'internal',
    message: `Something unexpected went wrong: ${message}`,
    remedy: 'Your work is saved. Try again; if it happens again, please report it with the details.',
  };
  if (thrown instanceof Error && thrown.stack !== undefined) plain.detail = thrown.stack;
  return plain;
}

export function reviveError(plain: SerialisedError): StudioError {
  return new StudioError(
    plain.code,
    plain.message,
    plain.remedy,
    plain.detail === undefined ? undefined : { detail: plain.detail },
  );
}

export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof StudioError && thrown.code === 'cancelled';
}
