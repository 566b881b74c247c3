interface Surroundings {
  platform?: NodeJS.Platform;
  env?: Readonly<Record<string, string | undefined>>;
  exists?: (path: string) => boolean;
}

export function findBrowser(surroundings?: Surroundings): string | null;
export function hasDisplay(surroundings?: Omit<Surroundings, 'exists'>): boolean;
export function quietBrowserSwitches(): string[];
