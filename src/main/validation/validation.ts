/** What a window may send: one strict schema per method. Everything that arrives passes here before anything else sees it. */
import { z } from 'zod';
import { assertBounded } from '../../shared/json.js';
import { documentLimits, messageLimits, textLimits, timelineCacheLimit } from '../../shared/limits.js';
import type { StudioMethod, StudioMethods } from '../../shared/contract/api.js';
import { StudioError } from '../../shared/errors.js';
import { menuGroups, menuLimits } from '../../shared/contract/menu.js';
import { faultLimits } from '../../shared/contract/page-faults.js';
import { packComparisonLimits } from '../../shared/packs/pack-comparison.js';
import { preferenceLimits } from '../../shared/contract/preferences.js';
import { queueLimits } from '../../shared/jobs/queue.js';
import { desktopFields } from './desktop.js';
import { checkWords } from '../../shared/jobs/prompts.js';
import { operation } from '../storage/schemas/document.js';
import { id, name, packId } from '../storage/schemas/fields.js';
import { jobRequest } from '../storage/schemas/requests.js';
import { galleryFields } from './gallery.js';
import { gpuInstallationFields } from './gpu-installation.js';
import { packInstallationFields } from './pack-installation.js';
import { importExportFields } from './import-export.js';
import type { MethodFields } from './method-fields.js';
import { queueFields } from './queue.js';
import { serverLimits } from '../engine/remote/address.js';

/** `cpu`, `cuda`, `cuda:1`. */
const deviceId = /^[a-z]{2,12}(:\d{1,2})?$/;

const menuText = z.string().min(1).max(menuLimits.text);
const menuEntry = z.strictObject({
  id: menuText,
  label: menuText,
  group: z.enum(menuGroups),
  shortcut: menuText.nullable(),
  enabled: z.boolean(),
});

const fieldsOfMethods: MethodFields<StudioMethods> = {
  ...packInstallationFields,
  ...gpuInstallationFields,
  ...galleryFields,
  ...importExportFields,
  ...queueFields,
  ...desktopFields,
  status: {},
  listPacks: {},
  usePack: { id: packId },
  stopOpening: {},
  unloadEngine: {},
  chooseDevice: { device: z.string().regex(deviceId, 'must name a device').nullable() },
  chooseServers: {
    servers: z
      .array(
        z.strictObject({
          url: z.string().min(1).max(serverLimits.address),
          token: z.string().min(1).max(serverLimits.token).nullable().optional(),
        }),
      )
      .max(serverLimits.servers),
  },
  findPack: { folder: z.string().min(1).max(packComparisonLimits.path).nullable() },
  releasePacks: {},
  listProjects: {},
  openProject: { id: id.optional() },
  createProject: { name },
  commit: {
    transaction: z.strictObject({
      label: z.string().min(1).max(textLimits.name),
      operations: z.array(operation).min(1).max(documentLimits.operations),
    }),
    settles: z.array(id).max(queueLimits.entries).optional(),
  },
  undo: {},
  redo: {},
  history: {},
  importImage: {
    bytes: z.instanceof(Uint8Array, { error: 'must be bytes' }),
    fileName: z.string().max(textLimits.fileName),
    said: z.instanceof(Uint8Array, { error: 'must be bytes' }).optional(),
  },
  countTokens: { text: z.string().max(textLimits.prompt) },
  diagnostics: {},
  submit: { request: jobRequest },
  cancel: { jobId: id },
  readPreferences: {},
  setPreferences: { changes: z.record(z.string().regex(preferenceLimits.name), z.json()) },
  reportFault: { text: z.string().max(faultLimits.text) },
  showMenu: { entries: z.array(menuEntry).max(menuLimits.entries) },
  setTimelineCache: {
    limit: z.int().min(0).max(timelineCacheLimit).optional(),
    clear: z.boolean().optional(),
  },
};

const schemas = Object.fromEntries(
  Object.entries(fieldsOfMethods).map(([method, fields]) => [method, z.strictObject(fields)]),
) as unknown as Record<StudioMethod, z.ZodType>;

/** The method's name if it is one. Throws `bad-request`. */
export function parseMethod(method: unknown): StudioMethod {
  if (typeof method === 'string' && Object.hasOwn(schemas, method)) return method as StudioMethod;
  throw new StudioError(
    'bad-request',
    `There is no method ${shown(method)}.`,
    'Reload the window; it may be outdated.',
  );
}

/** The parameters, known to fit the contract. Throws `bad-request` naming the field, `prompt-empty` or `prompt-too-long`. */
export function parseParameters<Method extends StudioMethod>(method: Method, value: unknown): StudioMethods[Method][0] {
  try {
    // Before any schema: those walk by recursion, and not every host counts what it carries.
    assertBounded(value, messageLimits);
  } catch (error) {
    throw refused(method, (error as SyntaxError).message);
  }
  const parsed = schemas[method].safeParse(value);
  if (!parsed.success) throw badRequest(method, parsed.error);
  // Every parameter has its check (`MethodFields`); the contract tests hold their types together.
  const parameters = parsed.data as StudioMethods[Method][0];
  if (method === 'submit' || method === 'enqueue') {
    checkWords((parameters as StudioMethods['submit' | 'enqueue'][0]).request);
  }
  return parameters;
}

function badRequest(method: StudioMethod, error: z.ZodError): StudioError {
  const issue = deepestIssue(error.issues[0]!);
  const field = issue.path.length === 0 ? 'its parameters' : issue.path.map(String).join('.');
  return refused(method, `${field}: ${issue.message}`);
}

function refused(method: StudioMethod, reason: string): StudioError {
  return new StudioError(
    'bad-request',
    `The message ${method} was refused: ${reason}.`,
    'Reload the window and try again; if it happens again, please report it.',
  );
}

/** A union reports only that nothing fitted; the branch that came furthest tells what is wrong. */
function deepestIssue(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const nested = issue.errors.flatMap((branch) => branch.slice(0, 1)).map(deepestIssue);
  if (nested.length === 0) return issue;
  const deepest = nested.reduce((best, other) => (other.path.length > best.path.length ? other : best));
  return { path: [...issue.path, ...deepest.path], message: deepest.message };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `“${value.slice(0, 60)}”` : 'of that name';
}
