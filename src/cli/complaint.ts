/** What went wrong in one sentence that says what to do. It is shown as it is, without a stack. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}
