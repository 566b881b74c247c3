/** A window's commands as the system's menu shows them. Pure data; only hosts with a menu of their own use it. */

/** In the order of the list of commands; each is a menu or a part of one. */
export const menuGroups = [
  'Project',
  'Create',
  'Candidates',
  'Edit',
  'Frame',
  'Mask',
  'Arrange',
  'Explore',
  'View',
  'Tools',
  'Help',
] as const;
export type MenuGroup = (typeof menuGroups)[number];

export interface MenuEntry {
  /** The command's id: what comes back when it is chosen. */
  id: string;
  label: string;
  group: MenuGroup;
  /** In the notation of shortcuts.ts, as the person has it now; null: none. */
  shortcut: string | null;
  enabled: boolean;
}

export const menuLimits = { entries: 400, text: 120 } as const;

export interface MenuMethods {
  /** The window's commands as they are now; its host shows them while the window has the focus, if it has a menu. */
  showMenu: [{ entries: MenuEntry[] }, Record<string, never>];
}
