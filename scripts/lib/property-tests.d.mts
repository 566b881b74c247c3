export function propertyTests(): string[];
