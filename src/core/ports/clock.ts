/** Time, injected so that the simulator can run it faster than it passes. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}
