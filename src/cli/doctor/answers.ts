const TIMEOUT_MS = 3_000;

/** Asks once, without a body: any answer is one. */
export const answers = async (url: string): Promise<boolean> => {
  try {
    await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return true;
  } catch {
    return false;
  }
};
