import { describe, expect, it } from 'vitest';
import { DOCUMENT_PREFIX, documentNameOf, ssmDocument } from '#core/manifests/ssm-document.ts';

interface Document {
  readonly schemaVersion: string;
  readonly parameters: Readonly<
    Record<string, { readonly type: string; readonly allowedPattern: string }>
  >;
  readonly mainSteps: readonly {
    readonly action: string;
    readonly precondition: object;
    readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly string[] };
  }[];
}

const DIGEST = 'a'.repeat(64);
const documentOf = (script: string) => ssmDocument(script, DIGEST) as Document;

describe('The document of Systems Manager', () => {
  it('is named by the cluster, with what tells ours from those of others in front', () => {
    expect(documentNameOf('prod')).toBe('nodeeni-prod');
    expect(documentNameOf('prod').startsWith(DOCUMENT_PREFIX)).toBe(true);
  });

  it('runs the script line by line, with the digest at each of its places', () => {
    const { mainSteps } = documentOf("first='@AGENT_SHA256@'\n\n  second @AGENT_SHA256@\n\n");

    expect(mainSteps.map(({ inputs }) => inputs.runCommand)).toEqual([
      [`first='${DIGEST}'`, '', `  second ${DIGEST}`],
    ]);
  });

  it('runs on Linux only, for three minutes at most', () => {
    const { schemaVersion, mainSteps } = documentOf('true');

    expect(schemaVersion).toBe('2.2');
    expect(mainSteps).toMatchObject([
      {
        action: 'aws:runShellScript',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: '180' },
      },
    ]);
  });

  it.each([
    { parameter: 'desired', value: '', isTaken: true },
    { parameter: 'desired', value: 'eyJhIjoxfQ==', isTaken: true },
    { parameter: 'desired', value: 'ab+/9Z', isTaken: true },
    { parameter: 'desired', value: "a'; reboot; '", isTaken: false },
    { parameter: 'desired', value: '$(reboot)', isTaken: false },
    { parameter: 'desired', value: 'ab===', isTaken: false },
    { parameter: 'desired', value: '=ab', isTaken: false },
    {
      parameter: 'bundleUrl',
      value: 'https://b.s3.amazonaws.com/a.mjs?X-Amz-Date=1',
      isTaken: true,
    },
    { parameter: 'bundleUrl', value: 'http://127.0.0.1:9000/a%20b', isTaken: true },
    { parameter: 'bundleUrl', value: 'file:///etc/shadow', isTaken: false },
    { parameter: 'bundleUrl', value: "https://b/'; reboot; '", isTaken: false },
    { parameter: 'bundleUrl', value: 'https://b/`reboot`', isTaken: false },
    { parameter: 'bundleUrl', value: 'x https://b/', isTaken: false },
  ])('takes $value as $parameter: $isTaken', ({ parameter, value, isTaken }) => {
    const { type, allowedPattern } = documentOf('true').parameters[parameter] ?? {};

    expect(type).toBe('String');
    expect(new RegExp(allowedPattern ?? 'none').test(value)).toBe(isTaken);
  });
});
