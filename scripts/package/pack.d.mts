export interface PackOptions {
  platform: 'linux' | 'win32' | 'darwin';
  architecture: 'x64' | 'arm64';
  output: string;
  electronDist?: string;
  folderOnly?: boolean;
  onPlan?: (plan: unknown) => void;
  env?: Readonly<Record<string, string | undefined>>;
}
export function pack(options: PackOptions): Promise<string[]>;
