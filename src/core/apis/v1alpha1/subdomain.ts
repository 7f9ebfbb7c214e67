const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** An RFC 1123 subdomain as part of a regular expression ("Object Names and IDs", kubernetes.io). */
export const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
