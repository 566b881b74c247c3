import { isAbsolute, join } from 'node:path';

export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
}

/**
 * Where projects, installed packs and settings live: DDT_STUDIO_HOME, otherwise the platform's convention (XDG base
 * directories, ~/Library/Application Support, %APPDATA%). A relative XDG path is ignored, as that specification asks.
 */
export function dataDirectory({ platform, environment, home }: Surroundings): string {
  const own = environment.DDT_STUDIO_HOME;
  if (own !== undefined && own !== '') return own;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ddt-studio');
  if (platform === 'win32') return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'ddt-studio');
  const xdg = environment.XDG_DATA_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'ddt-studio');
}

/** Where the engine keeps the hashes of packs' large files, which cost only time when they are lost. */
export function verdictFileOf(directory: string): string {
  return join(directory, 'cache', 'pack-hashes.json');
}
