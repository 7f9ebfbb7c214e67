const MARK = '$1[redacted]';

/**
 * What proves who calls, by its reconciles; the first group, if there is one, stays. AWS quotes the canonical request, session
 * token included, to a caller whose signature is wrong ("Troubleshoot Signature Version 4 signing for AWS API requests",
 * AWS IAM User Guide), and proxies quote whatever they like. All repeats that can begin anywhere have an end, so that a
 * text made for it takes no longer than others.
 */
const CREDENTIALS: readonly RegExp[] = [
  /()-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g,
  /(\bauthorization["']?\s{0,3}[:=]\s{0,3})[^\r\n]+/gi,
  /(\bx-amz-security-token["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"'&<]+/gi,
  /(\b(?:Signature|Credential)=)[^\s"'&<,]+/gi,
  /(\b(?:Bearer|Basic)\s{1,3})[\w.~+/=-]{8,}/gi,
  /()\bk8s-aws-v1\.[\w-]+/g,
  /()\beyJ[\w-]{1,2000}\.[\w-]{1,2000}\.[\w-]*/g,
  /()\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /(:\/\/)[^\s/@]{1,500}(?=@)/g,
];

/** The text with every credential in it blotted out: what somebody else wrote may go no further as it came. */
export const withoutCredentials = (text: string): string =>
  CREDENTIALS.reduce((rest, credential) => rest.replaceAll(credential, MARK), text);
