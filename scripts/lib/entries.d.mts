export const mainEntries: Record<string, string>;
