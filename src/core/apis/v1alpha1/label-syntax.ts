import { z } from 'zod';
import { MOST } from './bounds.ts';
import { SUBDOMAIN } from './subdomain.ts';

/** Both as "Syntax and character set" of "Labels and Selectors", kubernetes.io, has them. */
const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';

/** A label's key. What is none would make the API server refuse the query for the nodes that carry it. */
export const labelKey = z
  .string()
  .max(MOST.keyCharacters)
  .regex(
    new RegExp(`^(${SUBDOMAIN}/)?${NAME}$`),
    'this is no label key: write up to 63 letters, digits, "-", "_" and ".", after a prefix like example.com/ or none',
  );

/** A label's value, which may be empty. */
export const labelValue = z
  .string()
  .regex(
    new RegExp(`^(${NAME})?$`),
    'this is no label value: write up to 63 letters, digits, "-", "_" and ".", or nothing',
  )
  .meta({ maxLength: MOST.labelCharacters });
