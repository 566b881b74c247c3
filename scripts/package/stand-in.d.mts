export const fuseSentinel: string;
export function makeStandIn(folder: string, platform: NodeJS.Platform): Promise<void>;
