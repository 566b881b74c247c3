export function nodeProblem(version?: string): string | null;
export function dependenciesInstalled(directory?: string): boolean;
