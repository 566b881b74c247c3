interface StartArguments {
  web: boolean;
  electron: boolean;
  help: boolean;
  noSandbox: boolean;
  port: string | undefined;
  passed: string[];
}

export function isOpenable(parameter: string): boolean;
export function personsFolder(env?: Readonly<Record<string, string | undefined>>, workingDirectory?: string): string;
export function readArguments(
  parameters: readonly string[],
  options: { folder: string; complain: (message: string) => void },
): StartArguments | null;
