/** What went wrong with a process of the program: noted for a report, and told to the person. */
import type { ElectronModules } from './modules.js';

export interface Incident {
  process: 'window' | 'graphics' | 'engine' | 'helper' | 'program';
  /** In Electron's words, such as `crashed`, `oom`, `launch-failed`. */
  reason: string;
  exitCode: number;
  /** Someone has told the person, or is about to. */
  told: boolean;
  /** Extra facts for a report. */
  detail?: string;
}

/** Where incidents are noted; the studio's own log once there is one. */
export type IncidentLog = (incident: Incident) => void;

const words: Readonly<Record<Incident['process'], string>> = {
  window: 'This window stopped and was loaded again. Everything you committed is there.',
  graphics: 'The graphics process stopped and was started again. The board may draw more slowly.',
  engine: 'The engine stopped and is being started again.',
  helper: 'A helper process of the window stopped and was started again.',
  program: 'The program met an error it did not expect.',
};

export function incidentWords({ process }: Incident): string {
  return words[process];
}

/** Processes other than pages, which `page-health.ts` looks after. */
export function watchProcesses(
  { app }: Pick<ElectronModules, 'app'>,
  engineServiceName: string,
  onIncident: (incident: Incident) => void,
): void {
  app.on('child-process-gone', (_event, { type, reason, exitCode, name, serviceName }) => {
    // The engine is ended on purpose whenever a job does not yield.
    if (reason === 'clean-exit' || reason === 'killed') return;
    const isEngine = [name, serviceName].includes(engineServiceName);
    const process = isEngine ? 'engine' : type === 'GPU' ? 'graphics' : 'helper';
    const label = name ?? serviceName ?? type;
    // Its supervisor reports an engine that stopped.
    onIncident({ process, reason, exitCode, told: isEngine, detail: label });
  });
}
