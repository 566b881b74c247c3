export function thirdPartyNotices(directory?: string): string;
