/**
 * Which large files were found to have which hash: packs of gigabytes are read in full once, not at every start. A verdict holds
 * for the file it was reached on, told by device, number, size and the times of its last changes; anything else is read again.
 */
import type { BigIntStats } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../shared/json.js';

/** Smaller files are hashed sooner than they are looked up. */
const worthKeeping = 64 * 1024 * 1024;
/** The oldest are forgotten. */
const mostVerdicts = 500;
const bounds = { characters: 1024 * 1024, depth: 4 };

const form = z.record(z.string().max(400), z.string().regex(/^[0-9a-f]{64}$/));

export class Verdicts {
  private constructor(
    private readonly file: string | null,
    private readonly found: Map<string, string>,
  ) {}

  /** What `file` holds; nothing where it is missing, damaged or null, since all it costs is time. */
  static async read(file: string | null): Promise<Verdicts> {
    if (file === null) return new Verdicts(null, new Map());
    try {
      return new Verdicts(file, new Map(Object.entries(form.parse(parseJson(await readFile(file, 'utf8'), bounds)))));
    } catch {
      return new Verdicts(file, new Map());
    }
  }

  /** The SHA-256 this file was found to have, in hexadecimal; null: unknown. */
  of(stats: BigIntStats): string | null {
    return this.found.get(keyOf(stats)) ?? null;
  }

  /** Says that the file, as it was before it was read and is still, has this hash. */
  note(stats: BigIntStats, sha256: string): void {
    if (this.file === null || stats.size < worthKeeping) return;
    this.found.delete(keyOf(stats));
    this.found.set(keyOf(stats), sha256);
  }

  /** Never throws: a folder that cannot be written costs time at the next start. */
  async save(): Promise<void> {
    if (this.file === null || this.found.size === 0) return;
    const text = JSON.stringify(Object.fromEntries([...this.found].slice(-mostVerdicts)));
    const written = `${this.file}.${process.pid}`;
    try {
      await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
      await writeFile(written, text, { mode: 0o600 });
      await rename(written, this.file);
    } catch {
      // As said above.
    }
  }
}

/** Tells a file as it is now from any other, and from itself after a change. */
export function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join('-');
}
