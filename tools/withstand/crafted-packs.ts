/** Model packs that lie: copies of a shipped one with some files others, whose sizes and hashes are stated as they are. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface StatedFile {
  path: string;
  bytes: number;
  sha256: string;
}
interface Manifest {
  name: string;
  files: StatedFile[];
  [field: string]: unknown;
}

export class PackForge {
  readonly #manifest: Manifest;

  /** `source`: a sound pack. `target`: the folder in which the host looks for packs. */
  constructor(
    private readonly source: string,
    private readonly target: string,
  ) {
    this.#manifest = JSON.parse(readFileSync(join(source, 'pack.json'), 'utf8')) as Manifest;
  }

  /** Its id. `files` stand in place of its own; `change` is done to the manifest last. */
  forge(name: string, files: Record<string, Uint8Array>, change: (manifest: Manifest) => void = () => {}): string {
    const manifest = structuredClone(this.#manifest);
    manifest.name = name;
    for (const stated of manifest.files) {
      const path = join(this.target, name, stated.path);
      mkdirSync(dirname(path), { recursive: true });
      const bytes = files[stated.path];
      if (bytes === undefined) copyFileSync(join(this.source, stated.path), path);
      else {
        writeFileSync(path, bytes);
        stated.bytes = bytes.length;
        stated.sha256 = createHash('sha256').update(bytes).digest('hex');
      }
    }
    change(manifest);
    this.write(name, JSON.stringify(manifest));
    return `${name}@${String(manifest['version'])}`;
  }

  /** A pack of which there is only this. */
  write(name: string, manifest: string): void {
    mkdirSync(join(this.target, name), { recursive: true });
    writeFileSync(join(this.target, name, 'pack.json'), manifest);
  }

  /** A pack of which there is only a manifest that states this size. */
  writeHole(name: string, bytes: number): void {
    this.write(name, '');
    truncateSync(join(this.target, name, 'pack.json'), bytes);
  }

  /** A sound manifest with as many files as fit into `bytes`. */
  crowded(bytes: number): string {
    const manifest = structuredClone(this.#manifest);
    const one = { path: 'extra/0000000', bytes: 1, sha256: '0'.repeat(64) };
    const count = Math.floor((bytes - JSON.stringify(manifest).length) / (JSON.stringify(one).length + 1));
    for (let at = 0; at < count; at++) manifest.files.push({ ...one, path: `extra/${String(at).padStart(7, '0')}` });
    return JSON.stringify(manifest);
  }

  tokenizer(change: (tokenizer: Record<string, unknown>) => void): Record<string, Uint8Array> {
    const tokenizer = JSON.parse(readFileSync(join(this.source, 'tokenizer.json'), 'utf8')) as Record<string, unknown>;
    change(tokenizer);
    return { 'tokenizer.json': Buffer.from(JSON.stringify(tokenizer)) };
  }
}

/** A graph whose one tensor lies in a file elsewhere (onnx.proto3: graph 7, initializer 5, external_data 13). */
export function graphReading(location: string): Uint8Array {
  const field = (number: number, body: readonly number[]): number[] => [(number << 3) | 2, body.length, ...body];
  const entry = [...field(1, [...Buffer.from('location')]), ...field(2, [...Buffer.from(location)])];
  return Uint8Array.from(field(7, field(5, field(13, entry))));
}

/** Messages inside each other: a subgraph in an attribute of a node, and so on. */
export function nestedGraph(depth: number): Uint8Array {
  let bytes = Buffer.alloc(0);
  const length = (value: number): number[] => {
    const out: number[] = [];
    for (let rest = value; ; rest >>>= 7) {
      if (rest < 128) return [...out, rest];
      out.push((rest & 127) | 128);
    }
  };
  // GraphProto.node (1), NodeProto.attribute (5), AttributeProto.g (6), from within.
  for (let level = 0; level < depth; level++) {
    for (const number of [6, 5, 1])
      bytes = Buffer.concat([Buffer.from([(number << 3) | 2, ...length(bytes.length)]), bytes]);
  }
  return Buffer.concat([Buffer.from([(7 << 3) | 2, ...length(bytes.length)]), bytes]);
}
