export type Actor = 'you' | 'Auto Scaling' | 'EC2' | 'Kubernetes' | 'nodeeni';

/** What somebody did, or what became of something. */
export interface Change {
  readonly who: Actor;
  readonly what: string;
}

/** One line of the timeline. */
export interface Line extends Change {
  readonly at: Date;
}

/** The beginning of an id, enough to tell things apart: `i-0123456789abcdef0` is `i-01234567`. */
export const short = (id: string): string => id.replace(/^([a-z]+-[0-9a-f]{8})[0-9a-f]+$/, '$1');
