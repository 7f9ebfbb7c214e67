/** A part of a list that is too long to be read at once. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What to ask for the part after it by; absent in the last one. */
  readonly next?: string;
}
