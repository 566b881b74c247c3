import { isEnlargement, type Enlargement } from '../../../shared/pictures/enlarge.js';
import { preference, setPreference } from '../studio/preferences.js';

/** What goes into exported files; remembered on this machine. */
export class ExportOptions {
  /** Prompt, seed, settings, tokens and history in every exported PNG. */
  withRecord = $state(preference('export-record', true, isBoolean));

  /** Of each side, against the size in which pictures were drawn. */
  factor = $state(preference<Enlargement>('export-factor', 1, isEnlargement));

  setFactor(factor: Enlargement): void {
    this.factor = factor;
    setPreference('export-factor', factor);
  }

  setWithRecord(withRecord: boolean): void {
    this.withRecord = withRecord;
    setPreference('export-record', withRecord);
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export const exportOptions = new ExportOptions();
