import type { z } from 'zod';
import { fieldPath } from '#core/field-path.ts';

/** What is wrong with the key of a map is reported inside of the issue about the map. */
const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;

/** All that a schema found, for people, each by its path (`spec.subnetIDs[1]: …`). In: where the checked value stands. */
export const schemaFaults = ({ issues }: z.ZodError, root: readonly string[] = []): string[] =>
  issues.map((issue) => `${fieldPath([...root, ...issue.path])}: ${messageOf(issue)}`);
