export type Actor = 'you' | 'Auto Scaling' | 'EC2' | 'Kubernetes' | 'nodeeni';

/** One line of the timeline. */
export interface Line {
  readonly at: Date;
  readonly who: Actor;
  readonly what: string;
}

/** The beginning of an id, enough to tell things apart: `i-0123456789abcdef0` is `i-01234567`. */
export const short = (id: string): string => id.replace(/^([a-z]+-[0-9a-f]{8})[0-9a-f]+$/, '$1');
