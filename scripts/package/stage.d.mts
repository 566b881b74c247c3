export function isTaken(name: string, path: string, platform: string, architecture: string): boolean;
export function stage(
  folder: string,
  target: {
    platform: string;
    architecture: string;
    directory?: string;
    env?: Readonly<Record<string, string | undefined>>;
  },
): void;
