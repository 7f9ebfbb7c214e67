/** What went wrong in one sentence that says what to do. It is shown as it is, without a stack. */
export class Complaint extends Error {
  override readonly name: string = 'Complaint';
  /** 1: it failed, perhaps half-way. */
  readonly exitCode: number = 1;
}

/** Nothing was begun, because it could be a mistake. */
export class Refusal extends Complaint {
  override readonly name = 'Refusal';
  override readonly exitCode = 2;
}

/** What a thrown value says. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
