export function electronBinary(directory?: string): string | null;
