export const root: string;
export function needsShell(command: string, platform?: NodeJS.Platform): boolean;
