/**
 * A folder laid out as Electron's own, with nothing in it that runs: enough to pack the studio where Electron's binary cannot be had, and to
 * look at what came out.
 */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What @electron/fuses looks for: a fixed text, the version of the row, its length, and a letter for each fuse. */
export const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = '01101100';

export async function makeStandIn(folder, platform) {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const program = join(folder, platform === 'win32' ? 'electron.exe' : 'electron');
  writeFileSync(
    program,
    Buffer.concat([
      await emptyProgram(platform),
      Buffer.from(fuseSentinel),
      Buffer.from([1, fuses.length]),
      Buffer.from(fuses),
    ]),
  );
  chmodSync(program, 0o755);
  const files = {
    'chrome-sandbox': 'stand-in',
    version: '45.4.1',
    LICENSE: 'Electron',
    'LICENSES.chromium.html': 'Chromium',
    'locales/en-US.pak': 'stand-in',
    'resources.pak': 'stand-in',
    'icudtl.dat': 'stand-in',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  // Electron's own start page, which has to go.
  const page = join(folder, 'page');
  mkdirSync(page);
  writeFileSync(join(page, 'package.json'), '{}');
  const { createPackage } = await import('@electron/asar');
  await createPackage(page, join(folder, 'resources', 'default_app.asar'));
  rmSync(page, { recursive: true });
}

/** What Windows takes for a program, so that its icon and the digest of the archive can be written into it; elsewhere anything goes. */
async function emptyProgram(platform) {
  if (platform !== 'win32') return Buffer.from('#!/bin/sh\nexit 1\n');
  const { NtExecutable, NtExecutableResource, Resource } = await import('resedit');
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const english = 1033;
  const version = Resource.VersionInfo.createEmpty();
  version.lang = english;
  version.setFileVersion(45, 4, 1, 0, english);
  version.setStringValues({ lang: english, codepage: 1200 }, { ProductName: 'Electron', FileDescription: 'Electron' });
  version.outputToResourceEntries(resources.entries);
  resources.outputResource(program);
  return Buffer.from(program.generate());
}
