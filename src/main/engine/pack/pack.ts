/** Model packs on disk: find them, check them, describe them to a window. Nothing in a pack is trusted before it is checked. */
import { readdir, stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { StudioError } from '../../../shared/errors.js';
import type { GraphName, PackManifest, PackSummary } from '../../../shared/packs/pack.js';
import { externalDataOf } from './external-data.js';
import { listedManifest } from './listed-manifests.js';
import { checkFile, damaged, markOf, readBounded, type PackFinding } from './pack-files.js';
import { manifestFile, manifestLimits, parseManifest } from './pack-manifest.js';
import { tokenizerFault, tokenizerLimits } from './tokenizer-check.js';
import { Verdicts } from './verdicts.js';

export type { PackFinding } from './pack-files.js';

const maxManifestBytes = manifestLimits.bytes;

/** A pack whose every file was checked. */
export interface CheckedPack {
  directory: string;
  manifest: PackManifest;
  summary: PackSummary;
  /** Absolute path of a graph the manifest names. */
  graphPath: (graph: GraphName) => string | undefined;
  /** Throws `pack-damaged` where a graph's files are no longer those that were checked: hours may lie between. */
  assertUnchanged: (graph: GraphName) => Promise<void>;
}

/** `name@version`: what codes are stamped with. */
export function packId(manifest: Pick<PackManifest, 'name' | 'version'>): string {
  return `${manifest.name}@${manifest.version}`;
}

/** How many bytes of how many have been checked. */
export type CheckListener = (done: number, total: number) => void;

/**
 * Reads and checks a whole pack; `verdictFile` is where hashes of large files are kept from one start to the next, null: nowhere.
 * Throws `pack-missing`, `pack-damaged` or `pack-unsupported`, naming file and rule.
 */
export async function loadPack(
  directory: string,
  verdictFile: string | null = null,
  onChecked?: CheckListener,
): Promise<CheckedPack> {
  const absolute = resolve(directory);
  const manifest = await readManifest(absolute);
  if (Array.isArray(manifest)) throw packError(absolute, manifest[0]!);
  const verdicts = await Verdicts.read(verdictFile);
  const broken = await checkFiles(absolute, manifest, verdicts, onChecked);
  if (broken.length > 0) throw packError(absolute, broken[0]!);
  await verdicts.save();
  const marks = new Map<string, string | null>();
  for (const { path } of manifest.files) marks.set(path, await markOf(absolute, path));
  const assertSame = async (path: string): Promise<void> => {
    const mark = await markOf(absolute, path);
    if (mark !== null && mark === marks.get(path)) return;
    const file = manifest.files.find((one) => one.path === path);
    const finding = file === undefined ? damaged(path, 'is not listed') : await checkFile(absolute, file);
    if (finding !== null) throw packError(absolute, finding);
    marks.set(path, mark);
  };
  return {
    directory: absolute,
    manifest,
    summary: summarise(absolute, manifest),
    graphPath: (graph) => {
      const path = manifest.graphs[graph];
      return path === undefined ? undefined : join(absolute, path);
    },
    assertUnchanged: async (graph) => {
      const path = manifest.graphs[graph]!;
      await assertSame(path);
      for (const name of await externalDataOf(join(absolute, path))) await assertSame(besideGraph(path, name));
    },
  };
}

/** Everything that is wrong with a pack, every byte read anew; empty = sound. Throws nothing but what `onChecked` throws to end it. */
export async function verifyPack(directory: string, onChecked?: CheckListener): Promise<PackFinding[]> {
  const absolute = resolve(directory);
  const manifest = await readManifest(absolute);
  return Array.isArray(manifest) ? manifest : checkFiles(absolute, manifest, undefined, onChecked);
}

/**
 * Every sound-looking pack directly inside one of `directories`, by name, those of studies last; only manifests are read. Folders that cannot be
 * read, or whose manifest breaks a rule, are left out: `verifyPack` says why.
 */
export async function listPacks(directories: readonly string[]): Promise<PackSummary[]> {
  const found: PackSummary[] = [];
  for (const parent of directories) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // A folder that starts with a dot is one that is being written.
      if (entry.name.startsWith('.') || !(entry.isDirectory() || entry.isSymbolicLink())) continue;
      const directory = resolve(parent, entry.name);
      const manifest = await listedManifest(directory, readManifest);
      if (!Array.isArray(manifest)) found.push(summarise(directory, manifest));
    }
  }
  const rank = ({ manifest }: PackSummary): number => (manifest.purpose === 'study' ? 1 : 0);
  return found.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The text of a checked pack's tokenizer.json. */
export async function readTokenizer(
  pack: Pick<CheckedPack, 'directory'> & { manifest: Pick<PackManifest, 'tokenizer'> },
): Promise<string> {
  const text = await readBounded(pack.directory, pack.manifest.tokenizer!, tokenizerLimits.bytes);
  if (typeof text !== 'string') throw packError(pack.directory, text);
  return text;
}

/** The error a finding becomes. */
export function packError(directory: string, finding: PackFinding): StudioError {
  const remedy = {
    'pack-missing': 'Choose another pack, or put the pack’s folder back.',
    'pack-damaged': 'Copy or download the pack again, or choose another one.',
    'pack-unsupported': 'Update the studio, or choose another pack.',
  }[finding.code];
  return new StudioError(finding.code, `The model pack cannot be used: ${finding.file} ${finding.rule}.`, remedy, {
    detail: directory,
  });
}

async function readManifest(directory: string): Promise<PackManifest | PackFinding[]> {
  const isFolder = await stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) return [{ code: 'pack-missing', file: directory, rule: 'is not a folder' }];
  const text = await readBounded(directory, manifestFile, maxManifestBytes);
  if (typeof text === 'string') return parseManifest(text);
  return text.rule === 'is missing'
    ? [{ ...text, code: 'pack-missing', rule: `is missing from ${directory}` }]
    : [text];
}

async function checkFiles(
  directory: string,
  manifest: PackManifest,
  verdicts?: Verdicts,
  onChecked?: CheckListener,
): Promise<PackFinding[]> {
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onRead = (bytes: number): void => onChecked?.((done += bytes), total);
  const findings = await Promise.all(manifest.files.map((file) => checkFile(directory, file, verdicts, onRead)));
  const broken = findings.filter((finding) => finding !== null);
  if (broken.length > 0) return broken;
  // What the files are made of is looked at only once they are those that were meant.
  const inside = [...(await checkTokenizer(directory, manifest)), ...(await checkGraphs(directory, manifest))];
  return inside.filter((finding) => finding !== null);
}

async function checkTokenizer(directory: string, { tokenizer }: PackManifest): Promise<(PackFinding | null)[]> {
  if (tokenizer === undefined) return [];
  const text = await readBounded(directory, tokenizer, tokenizerLimits.bytes);
  if (typeof text !== 'string') return [text];
  const fault = tokenizerFault(text);
  return fault === null ? [] : [damaged(tokenizer, fault)];
}

/** Tensors may lie in files of their own, which must be among those that were checked. */
async function checkGraphs(directory: string, { graphs, files }: PackManifest): Promise<(PackFinding | null)[]> {
  const listed = new Set(files.map(({ path }) => path));
  return Promise.all(
    [...new Set(Object.values(graphs))].map(async (graph) => {
      try {
        const outside = (await externalDataOf(join(directory, graph))).find(
          (name) => !listed.has(besideGraph(graph, name)),
        );
        return outside === undefined
          ? null
          : damaged(
              graph,
              `keeps tensors in ${JSON.stringify(outside.slice(0, 200))}, which the pack’s files do not list`,
            );
      } catch (error) {
        return damaged(graph, error instanceof Error ? error.message : String(error));
      }
    }),
  );
}

/** The path inside the pack of what a graph names relative to itself. */
function besideGraph(graph: string, name: string): string {
  return posix.join(posix.dirname(graph), name);
}

function summarise(directory: string, manifest: PackManifest): PackSummary {
  const shown: Omit<PackManifest, 'files'> & { files?: unknown } = { ...manifest };
  delete shown.files;
  delete shown.golden;
  return {
    id: packId(manifest),
    directory,
    manifest: shown,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
