import {
  type AdmissionAnswer,
  type AdmissionListener,
  isReported,
  reviewOf,
  type Write,
} from './admission.ts';
import { denied } from './api-errors.ts';

/** Who writes, and where the warnings of a webhook go: kubectl prints them. */
export interface Writer {
  readonly userName: string;
  readonly warnings: string[];
}

/** failurePolicy Ignore: a webhook that fails is as good as none. */
const answerOf = async (call: () => ReturnType<AdmissionListener>): Promise<AdmissionAnswer> => {
  try {
    return (await call()) ?? {};
  } catch {
    return {};
  }
};

/** The registered webhooks. */
export class AdmissionChain {
  readonly #listeners = new Set<AdmissionListener>();
  readonly #ownUserNames: readonly string[];
  readonly #newUid: () => string;
  /** While false, no webhook answers. */
  isReachable = true;

  constructor(ownUserNames: readonly string[], newUid: () => string) {
    this.#ownUserNames = ownUserNames;
    this.#newUid = newUid;
  }

  /** Out: a function that takes the webhook off again. */
  register(listener: AdmissionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls every webhook the write is for. Throws CallError Denied when one does not allow it. */
  async review(write: Omit<Write, 'userName'>, writer: Writer): Promise<void> {
    const { userName } = writer;
    if (!this.isReachable || !isReported({ ...write, userName }, this.#ownUserNames)) return;
    for (const listener of this.#listeners) {
      const review = reviewOf({ ...write, userName }, this.#newUid());
      const { response } = await answerOf(() => listener(review));
      writer.warnings.push(...(response?.warnings ?? []));
      if (response?.allowed !== false) continue;
      const { message = 'without explanation' } = response.status ?? {};
      throw denied(`admission webhook denied the request: ${message}`);
    }
  }
}
