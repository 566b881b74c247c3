import type { Configuration } from 'electron-builder';

export const applicationId: string;
export const executableName: string;
export const desktopName: string;
export function homepageOf(env?: Readonly<Record<string, string | undefined>>): string;
export const targets: Readonly<Record<string, { targets: string[]; architectures: string[] } | undefined>>;
export function builderConfig(options: {
  app: string;
  output: string;
  notices: string;
  electronDist?: string;
  env?: Readonly<Record<string, string | undefined>>;
}): Configuration;
