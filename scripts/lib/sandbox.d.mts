interface Surroundings {
  platform?: NodeJS.Platform;
  userId?: number;
  read?: (path: string) => string | null;
  look?: (path: string) => { uid: number; mode: number };
}

export function sandboxProblem(binary: string, surroundings?: Surroundings): string | null;
