type Environment = Readonly<Record<string, string | undefined>>;

export function electronBinary(directory?: string, env?: Environment): string | null;
export function electronEnvironment(env?: Environment): Record<string, string | undefined>;
export function electronNodeProblem(version?: string, directory?: string): string | null;
export function hasProxy(env?: Environment): boolean;
export function rememberedFailure(file?: string, now?: number): string | null;
export function downloadWithProgress(
  command: string,
  parameters: string[],
  options?: { stallMs?: number; show?: (fraction: number) => void },
): Promise<string | null>;
