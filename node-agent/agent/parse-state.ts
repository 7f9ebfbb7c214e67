import { z } from 'zod';
import {
  nodeEniStateSpecSchema,
  nodeEniStateStatusSchema,
  type Slot,
  type SlotSpec,
  slotSpecSchema,
} from '#core/apis/v1alpha1/node-eni-state.ts';
import { HOST_FIELDS } from '#core/instance/host-fields.ts';
import { lostPaths } from './lost-paths.ts';

/** A row, and what of it this agent does not know. */
interface ReadRow {
  readonly row: SlotSpec;
  readonly unknownParts: readonly string[];
}

/** Without one of these a link is served all the same. Of others it is not known what leaving them out would do. */
const SPARED = ['linkMode', 'linkName', 'link', 'podNetwork'];

const unknownTo = (value: object, row: SlotSpec): readonly string[] =>
  HOST_FIELDS.flatMap((field) => lostPaths(Reflect.get(value, field), row[field], field));

/** An unknown mode may mean anything: the link is left as it is. */
const withoutFields = (value: object, fields: readonly string[]): object => ({
  ...Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field))),
  ...(fields.includes('linkMode') && { linkMode: 'Unmanaged' }),
});

/** Reads a row in which newer functions may ask for more than this agent knows: what it knows is done, and the rest is told. */
const readRow = (value: unknown, context: z.RefinementCtx): ReadRow => {
  const known = slotSpecSchema.safeParse(value);
  if (known.success) return { row: known.data, unknownParts: unknownTo(Object(value), known.data) };
  const unread = [...new Set(known.error.issues.map(({ path: [field] }) => String(field)))];
  const part = slotSpecSchema.safeParse(withoutFields(Object(value), unread));
  if (part.success && unread.every((field) => SPARED.includes(field)))
    return { row: part.data, unknownParts: unread };
  for (const { path, message } of known.error.issues)
    context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
};

/** The part of a NodeENIState that the agent works from. */
const stateSchema = z.object({
  spec: nodeEniStateSpecSchema.extend({
    interfaces: z.record(z.string(), z.unknown().transform(readRow)).optional(),
  }),
  status: nodeEniStateStatusSchema.exactOptional(),
});

/** A NodeENIState as this agent understands it. */
export interface HostState {
  readonly spec: z.infer<typeof nodeEniStateSpecSchema>;
  readonly status?: z.infer<typeof nodeEniStateStatusSchema>;
  /** What this agent does not know of a slot; slots of which it knows everything are left out. */
  readonly unknownParts?: Readonly<Record<Slot, readonly string[]>>;
}

const hostStateOf = ({
  spec: { interfaces, ...spec },
  ...state
}: z.infer<typeof stateSchema>): HostState => {
  const rows = Object.entries(interfaces ?? {});
  const unknown = rows.filter(([, { unknownParts }]) => unknownParts.length > 0);
  return {
    ...state,
    spec: {
      ...spec,
      ...(interfaces && {
        interfaces: Object.fromEntries(rows.map(([slot, { row }]) => [slot, row])),
      }),
    },
    ...(unknown.length > 0 && {
      unknownParts: Object.fromEntries(
        unknown.map(([slot, { unknownParts }]) => [slot, unknownParts]),
      ),
    }),
  };
};

const written = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** Reads a NodeENIState, or a document with its `spec`; a string says all that is wrong with it. */
export const parseState = (value: unknown): HostState | string => {
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) return hostStateOf(parsed.data);
  return parsed.error.issues.map(({ path, message }) => `${written(path)}: ${message}`).join('; ');
};
