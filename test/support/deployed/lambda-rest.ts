import { ACCOUNT_ID } from '#test/support/infra/aws-stand-in.ts';
import { REGION } from './place.ts';

/** One call of Lambda's API, whose paths are those of the "AWS Lambda API Reference". Throws for any refusal. */
export type LambdaRest = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
) => Promise<unknown>;

/** The emulator checks no signature, but reads from this header which account and region are meant. */
const authorization = `AWS4-HMAC-SHA256 Credential=${ACCOUNT_ID}/20260101/${REGION}/lambda/aws4_request, SignedHeaders=host, Signature=e2e`;

/** Lambda's control plane, without a client of the SDK that nothing else would need. In: the emulator's URL. */
export const createLambdaRest =
  (url: string): LambdaRest =>
  async (method, path, body) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
