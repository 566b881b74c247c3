interface Package {
  name: string;
  version: string;
  /** Relative to the repository. */
  path: string;
}
export const notPacked: readonly string[];
export function runtimePackages(directory?: string): Package[];
export function shippedPackages(directory?: string): Package[];
