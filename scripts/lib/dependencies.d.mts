export function nodeProblem(version?: string): string | null;
export function dependenciesInstalled(directory?: string): boolean;
export function ensureDependencies(options?: {
  output?: 'inherit' | 'errors' | 'capture';
  directory?: string;
}): Promise<boolean>;
