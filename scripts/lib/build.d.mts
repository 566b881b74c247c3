export function sourceHash(directory?: string): string;
export function ensureBuild(options?: { quiet?: boolean }): Promise<boolean>;
