/** What this program is made of and under which terms. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StudioStatus } from '../../../../shared/contract/status.js';
import type { ApplicationPaths } from '../../../application.js';
import type { ElectronModules } from '../modules.js';

export interface AboutFacts {
  status: StudioStatus;
  versions: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  architecture: string;
}

export function aboutText({ status, versions, platform, architecture }: AboutFacts): string {
  const { engine, pack } = status;
  return [
    `Version ${status.version} on ${platform} ${architecture}`,
    `Electron ${versions['electron'] ?? '–'}, Chromium ${versions['chrome'] ?? '–'}, Node ${versions['node'] ?? '–'}`,
    engine.provider === null ? 'No engine is running.' : `Computes on ${engine.provider}. ${engine.providerReason}`,
    ...(pack === null ? [] : [`Pack ${pack.manifest.name} ${pack.manifest.version}`]),
    'Apache License 2.0',
  ].join('\n');
}

export async function showAbout(
  {
    dialog,
    clipboard,
    shell,
    BrowserWindow,
  }: Pick<ElectronModules, 'dialog' | 'clipboard' | 'shell' | 'BrowserWindow'>,
  facts: AboutFacts,
  { noticesFile, root }: Pick<ApplicationPaths, 'noticesFile' | 'root'>,
): Promise<void> {
  const detail = aboutText(facts);
  const options = {
    type: 'info' as const,
    title: 'About DDT Studio',
    message: 'DDT Studio',
    detail,
    buttons: ['Close', 'Copy', 'Licences'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const parent = BrowserWindow.getFocusedWindow();
  const { response } = await (parent === null
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(parent, options));
  if (response === 1) await clipboard.writeText(`DDT Studio\n${detail}`);
  // From the sources there are no notices yet: packing writes them.
  if (response === 2) await shell.openPath(existsSync(noticesFile) ? noticesFile : join(root, 'LICENSE'));
}
