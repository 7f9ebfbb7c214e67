/** A JSON object whose fields nobody has checked yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const freeze = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
};

/**
 * The value as it arrives at the other end of a connection: undefined fields gone, dates as text.
 * The copy is frozen, so that what is stored can be handed out without copying it again.
 */
export const overTheWire = (value: unknown): unknown => freeze(JSON.parse(JSON.stringify(value)));

export const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : {});

/** The part of a value at a path; undefined where there is none. */
export const partAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((part, step) => {
    if (Array.isArray(part)) return part[Number(step)];
    return isRecord(part) ? part[step] : undefined;
  }, value);
