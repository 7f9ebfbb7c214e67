import type { z } from 'zod';

const written = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);

/** What is wrong with the key of a map is told inside of the issue about the map. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

/** All that a schema found, for people, each by its path (`spec.subnetIDs[1]: …`). In: where the checked value stands. */
export const schemaFaults = ({ issues }: z.ZodError, root: readonly string[] = []): string[] =>
  issues.map((issue) => `${written([...root, ...issue.path])}: ${messageOf(issue)}`);
