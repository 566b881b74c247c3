/** What electron.d.ts promises and the stand-in keeps, for the compiler: a member that answers otherwise than Electron's does not compile. */
import type { EventEmitter } from 'node:events';
import type * as electron from 'electron';
import type { FakeApp } from './app.js';
import type {
  FakeClipboard,
  FakeDialogs,
  FakeNativeTheme,
  FakePowerSaveBlocker,
  FakeScreen,
  FakeShell,
} from './desktop.js';
import type { FakeSafeStorage } from './safe-storage.js';
import type { FakeSession } from './session.js';
import type { FakeUtilityProcess } from './utility-process.js';
import type { FakeContents, FakeWindow } from './window.js';

type Answer<Member> = Member extends (...given: never[]) => infer Given ? Given : Member;
/** What is not looked at may be anything. */
type Agrees<Fake, Real> = [Real] extends [void | null]
  ? [Fake] extends [Promise<unknown>]
    ? false
    : true
  : [Fake] extends [Real]
    ? true
    : false;

/** Things of which the stand-in has only the members that are used, and listening, which is Node's own. */
type InPart = 'commandLine' | 'getAllDisplays' | 'getPrimaryDisplay' | 'mainFrame' | 'themeSource' | 'webContents';

type Looked<Fake, Real> = Exclude<keyof Fake & keyof Real, InPart | keyof EventEmitter>;

/** The names of what answers otherwise. */
type Otherwise<Fake, Real> = {
  [Name in Looked<Fake, Real>]: Agrees<Answer<Fake[Name]>, Answer<Real[Name]>> extends true ? never : Name;
}[Looked<Fake, Real>];

/** None: the compiler names those that are not. */
type None<Names extends never> = Names;
export type Agreement = None<
  | Otherwise<FakeApp, electron.App>
  | Otherwise<FakeClipboard, electron.Clipboard>
  | Otherwise<FakeDialogs['modules'], electron.Dialog>
  | Otherwise<FakeNativeTheme, electron.NativeTheme>
  | Otherwise<FakePowerSaveBlocker, electron.PowerSaveBlocker>
  | Otherwise<FakeScreen, electron.Screen>
  | Otherwise<FakeShell, electron.Shell>
  | Otherwise<FakeSafeStorage, electron.SafeStorage>
  | Otherwise<FakeSession, electron.Session>
  | Otherwise<FakeUtilityProcess, electron.UtilityProcess>
  | Otherwise<FakeContents, electron.WebContents>
  | Otherwise<FakeWindow, electron.BrowserWindow>
>;
