/** Why the host is not as asked, or what a person should know of it. */
export interface Finding {
  /** One word for programs; it does not change its meaning. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

export const finding = (reason: string, message: string): Finding => ({ reason, message });
