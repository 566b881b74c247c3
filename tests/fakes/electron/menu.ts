/** Electron's menus: what it refuses is refused, and on a Mac no accelerator can be merely shown. */
export interface FakeMenuItem {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  accelerator?: string;
  registerAccelerator?: boolean;
  enabled?: boolean;
  checked?: boolean;
  click?: (item: unknown, window: unknown, event: { triggeredByAccelerator: boolean }) => void;
  submenu?: FakeMenuTemplate;
}
export type FakeMenuTemplate = readonly FakeMenuItem[];

/** Items that are nothing, accelerators that cannot be read, ids used twice: refused as Electron does. */
export class FakeMenu {
  readonly items: (Omit<FakeMenuItem, 'submenu'> & { enabled: boolean; submenu?: FakeMenu })[];

  constructor(
    template: FakeMenuTemplate,
    /** Of a menu that pops up: where it is asked for. */
    private readonly onPopup: (menu: FakeMenu) => void = () => {},
  ) {
    this.items = template.map(({ submenu, ...item }) => {
      if (item.label === undefined && item.role === undefined && item.type === undefined) {
        throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
      }
      if (item.accelerator !== undefined && !acceleratorPattern.test(item.accelerator)) {
        throw new TypeError(`Invalid accelerator: ${item.accelerator}`);
      }
      return {
        ...item,
        enabled: item.enabled ?? true,
        ...(submenu === undefined ? {} : { submenu: new FakeMenu(submenu) }),
      };
    });
    const ids = this.every().flatMap(({ id }) => id ?? []);
    if (new Set(ids).size !== ids.length) throw new Error('Two items have one id.');
  }

  every(): FakeMenu['items'] {
    return this.items.flatMap((item) => [item, ...(item.submenu?.every() ?? [])]);
  }

  readonly getMenuItemById = (id: string) => this.every().find((item) => item.id === id) ?? null;
  readonly popup = (_options: { window: unknown }): void => this.onPopup(this);

  /** As a person does: only what can be clicked is. */
  click(label: string): void {
    const item = this.every().find((one) => one.label === label);
    if (item === undefined) throw new Error(`The menu has no ${label}.`);
    if (item.enabled) item.click?.(item, null, { triggeredByAccelerator: false });
  }

  /** A key the page did not prevent. `registerAccelerator: false` counts elsewhere, not on a Mac. */
  press(accelerator: string, platform: NodeJS.Platform): void {
    const item = this.every().find((one) => one.accelerator === accelerator);
    if (item === undefined || !item.enabled) return;
    if (platform === 'darwin' || item.registerAccelerator !== false) {
      item.click?.(item, null, { triggeredByAccelerator: true });
    }
  }
}

const acceleratorPattern =
  /^(?:(?:CmdOrCtrl|Alt|Shift)\+)*(?:[!-~]|Plus|Space|Tab|Backspace|Delete|Insert|Return|Esc|Up|Down|Left|Right|Home|End|PageUp|PageDown|F\d{1,2})$/;
