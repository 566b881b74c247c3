/**
 * A folder laid out as Electron's own, with nothing in it that runs: enough to pack the studio where Electron's binary cannot be had, and to
 * look at what came out.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What @electron/fuses looks for: a fixed text, the version of the row, its length, and a letter for each fuse. */
export const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = '01101100';

export async function makeStandIn(folder, platform) {
  const bundle = join(folder, 'Electron.app', 'Contents');
  const resources = platform === 'darwin' ? join(bundle, 'Resources') : join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const files = {
    version: '45.4.1',
    LICENSE: 'Electron',
    'LICENSES.chromium.html': 'Chromium',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const fused = Buffer.concat([
    await emptyProgram(platform),
    Buffer.from(fuseSentinel),
    Buffer.from([1, fuses.length]),
    Buffer.from(fuses),
  ]);
  if (platform === 'darwin') makeBundle(bundle, fused);
  else makeFlat(folder, platform, fused);
  // Electron's own start page, which has to go.
  const page = join(folder, 'page');
  mkdirSync(page);
  writeFileSync(join(page, 'package.json'), '{}');
  const { createPackage } = await import('@electron/asar');
  await createPackage(page, join(resources, 'default_app.asar'));
  rmSync(page, { recursive: true });
}

/** Linux and Windows: the program, and what it reads, beside each other. */
function makeFlat(folder, platform, program) {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const names = ['chrome-sandbox', 'locales/en-US.pak', 'resources.pak', 'icudtl.dat'];
  for (const name of names) writeFileSync(join(folder, name), 'stand-in');
  writeExecutable(join(folder, platform === 'win32' ? 'electron.exe' : 'electron'), program);
}

/** macOS: a bundle with a framework, which holds the fuses, and a bundle for every helper. */
function makeBundle(bundle, framework) {
  writeProgram(bundle, 'Electron');
  for (const name of ['Helper', 'Helper (GPU)', 'Helper (Plugin)', 'Helper (Renderer)']) {
    writeProgram(join(bundle, 'Frameworks', `Electron ${name}.app`, 'Contents'), `Electron ${name}`);
  }
  writeFileSync(join(bundle, 'Resources', 'electron.icns'), 'stand-in');
  const inside = join(bundle, 'Frameworks', 'Electron Framework.framework');
  mkdirSync(join(inside, 'Versions', 'A', 'Resources'), { recursive: true });
  writeFileSync(join(inside, 'Versions', 'A', 'Resources', 'icudtl.dat'), 'stand-in');
  writeExecutable(join(inside, 'Versions', 'A', 'Electron Framework'), framework);
  symlinkSync('A', join(inside, 'Versions', 'Current'));
  for (const name of ['Electron Framework', 'Resources'])
    symlinkSync(join('Versions', 'Current', name), join(inside, name));
}

function writeProgram(bundle, name) {
  mkdirSync(join(bundle, 'MacOS'), { recursive: true });
  writeExecutable(join(bundle, 'MacOS', name), 'stand-in');
  writeFileSync(
    join(bundle, 'Info.plist'),
    `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CFBundleExecutable</key><string>${name}</string></dict></plist>
`,
  );
}

function writeExecutable(path, content) {
  writeFileSync(path, content);
  chmodSync(path, 0o755);
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
