import type { Page } from '@playwright/test';

/** Its name, what opens it, what closes it. */
export type WindowState = readonly [name: string, open: () => Promise<unknown>, close?: () => Promise<unknown>];

export function windowStates(page: Page): WindowState[];
export function statesByMode(page: Page): { inCreate: WindowState[]; inExplore: WindowState[] };
