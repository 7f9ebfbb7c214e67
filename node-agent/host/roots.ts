/** Where the host's file systems are mounted; a test gives a scratch tree, or a network namespace's own. */
export interface Roots {
  /** `/sys` */
  readonly sysfs: string;
  /** `/proc` of the host's process namespace. */
  readonly proc: string;
  /** `/run/udev` */
  readonly udev: string;
  /** `/run` of the host: gone with a reboot, as bindings are. */
  readonly run: string;
}
