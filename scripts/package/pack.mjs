/** Packs the built studio for one platform and processor. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib/repository.mjs';
import { builderConfig } from './config.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { stage } from './stage.mjs';

/**
 * `output`: where it goes. `electronDist`: a folder with Electron unpacked, otherwise electron-builder fetches it. `folderOnly`: the program as
 * it will lie on a disk, without an installer around it. `onPlan`: hears what each installer would be made of, and none is made. Resolves to the
 * paths of what was made.
 */
export async function pack({
  platform,
  architecture,
  output,
  electronDist,
  folderOnly = false,
  onPlan,
  env = process.env,
}) {
  const { Arch, build, Platform } = await import('electron-builder');
  const work = mkdtempSync(join(tmpdir(), 'ddt-package-'));
  try {
    const app = join(work, 'app');
    stage(app, { platform, architecture, env });
    const notices = join(work, 'THIRD_PARTY_NOTICES.txt');
    writeFileSync(notices, thirdPartyNotices());
    mkdirSync(output, { recursive: true });
    const names = { linux: Platform.LINUX, win32: Platform.WINDOWS, darwin: Platform.MAC };
    return await build({
      projectDir: root,
      targets: names[platform].createTarget(folderOnly ? 'dir' : null, Arch[architecture]),
      config: builderConfig({ app, output, notices, electronDist, env }),
      publish: 'never',
      ...(onPlan === undefined
        ? {}
        : {
            effectiveOptionComputed: async (plan) => {
              onPlan(plan);
              return true;
            },
          }),
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
