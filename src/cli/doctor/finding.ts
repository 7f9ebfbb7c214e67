/** error: it does not work. warning: it works, and something will be missed. note: good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** Something that is not as it should be. */
export interface Finding {
  readonly severity: Severity;
  /** What is so. */
  readonly what: string;
  /** What comes of it. */
  readonly why: string;
  /** The command or the edit that mends it. */
  readonly mend: string;
}

/** A question that is asked of an installation. */
export interface Check<T> {
  readonly name: string;
  /** Asks for what not everybody may read: a refusal is said, and is no fault of the installation. */
  readonly isOptional?: boolean;
  find(about: T): Promise<readonly Finding[]> | readonly Finding[];
}

/** What a check came to. */
export interface Checked {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** The first names of many. */
export const few = (names: readonly string[]): string => {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
};
