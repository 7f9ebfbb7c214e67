import { readFileSync } from 'node:fs';

/** The text of a file in test/fixtures/host. */
export const hostFixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/host/${name}`, import.meta.url), 'utf8');
