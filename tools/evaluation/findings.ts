/** The generated part of docs/findings.md: scores, examples and worst cases of a shipped pack, from its pack.json alone. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { PackManifest } from '../../src/shared/packs/pack.js';
import { writeOutputFile } from '../../src/main/cli/files.js';
import { attributeOrderSection, exampleSection, scoreTable, worstCasesSection } from './card.js';
import { disagreement } from './pack-record.js';
import { worstCasesFile } from './worst-cases.js';

/** What the page shows of the scores; the categories stand on the card. */
const shown =
  /^(reconstruction|textToImage|caption|detector)\.|^(edit\.(success|outsideChange|wholeSuccess|wholeOutsideChange|(whole\.)?fiveInARow)|question\.accuracy)$/;

export interface FindingsPlace {
  /** Root of the repository. */
  root: string;
  /** The pack's folder. */
  directory: string;
}

/** The page a pack belongs on; null for packs that are not shipped with the studio. */
export function findingsPath({ root, directory }: FindingsPlace): string | null {
  const path = join(root, 'docs', 'findings.md');
  return dirname(directory) === join(root, 'resources', 'packs') && existsSync(path) ? path : null;
}

function markers({ name }: Pick<PackManifest, 'name'>): [string, string] {
  return [`<!-- ${name}: written by npm run eval, not by hand -->`, `<!-- ${name}: end -->`];
}

/** The lines between the markers. `folder` leads from the page to the pack. */
export function renderFindings(manifest: PackManifest, folder: string): string {
  const { provenance } = manifest;
  const heading = `## Measured: ${manifest.name} ${manifest.version}`;
  if (provenance.evaluation === undefined) return [heading, '', 'Not measured yet: `npm run eval`.'].join('\n');
  return [
    heading,
    '',
    `By \`npm run eval\` through the shipped pack and the studio’s own engine: ${provenance.evaluation}. In brackets: 95 % confidence intervals. Every category stands on the [pack’s card](${folder}/CARD.md).`,
    '',
    ...scoreTable(provenance.scores.filter(({ measure }) => shown.test(measure))),
    ...attributeOrderSection(provenance.scores),
    ...exampleSection(manifest),
    ...worstCasesSection(manifest, `${folder}/${worstCasesFile}`),
  ].join('\n');
}

/** Puts the pack's part into the page; a page without its markers is left alone. True when it was written. */
export async function writeFindings(manifest: PackManifest, place: FindingsPlace): Promise<boolean> {
  const page = await readPage(manifest, place);
  if (page === null) return false;
  await writeOutputFile(page.path, `${page.before}${page.wanted}${page.after}`);
  return true;
}

/** Throws `pack-damaged` when the page states something else than pack.json. */
export async function checkFindings(manifest: PackManifest, place: FindingsPlace): Promise<void> {
  const page = await readPage(manifest, place);
  if (page !== null && page.stated !== page.wanted) {
    throw disagreement(place.directory, 'docs/findings.md states something else than pack.json');
  }
}

async function readPage(manifest: PackManifest, place: FindingsPlace) {
  const path = findingsPath(place);
  if (path === null) return null;
  const text = await readFile(path, 'utf8');
  const [begin, end] = markers(manifest);
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (from < begin.length || to < from) return null;
  const folder = relative(dirname(path), place.directory).split(sep).join('/');
  return {
    path,
    before: text.slice(0, from),
    stated: text.slice(from, to),
    after: text.slice(to),
    wanted: `\n\n${renderFindings(manifest, folder)}\n\n`,
  };
}
