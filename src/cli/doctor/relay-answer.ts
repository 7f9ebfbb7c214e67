import { VERSION_HEADER } from '#core/events/relay-version.ts';

const TIMEOUT_MS = 3_000;

/** What answers at the URL of the webhook. */
export interface RelayAnswer {
  readonly status: number;
  /** Of the functions, where it is they that answer. */
  readonly version?: string;
}

/** Asks once, without a body. Out: undefined when nothing answers. */
export const askRelay = async (url: string): Promise<RelayAnswer | undefined> => {
  try {
    const { status, headers } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const version = headers.get(VERSION_HEADER);
    return { status, ...(version !== null && { version }) };
  } catch {
    return undefined;
  }
};
