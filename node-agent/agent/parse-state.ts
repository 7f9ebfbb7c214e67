import { z } from 'zod';
import {
  nodeEniStateSpecSchema,
  nodeEniStateStatusSchema,
} from '#core/apis/v1alpha1/node-eni-state.ts';

/** The part of a NodeENIState that the agent works from. */
const stateSchema = z.object({
  spec: nodeEniStateSpecSchema,
  status: nodeEniStateStatusSchema.exactOptional(),
});

export type HostState = z.infer<typeof stateSchema>;

const written = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** Reads a NodeENIState, or a document with its `spec`; a string says all that is wrong with it. */
export const parseState = (value: unknown): HostState | string => {
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return parsed.error.issues.map(({ path, message }) => `${written(path)}: ${message}`).join('; ');
};
