import { PRODUCT_VERSION } from './product-version.ts';

/** How this product names itself to whoever it calls ("User-Agent", RFC 9110): audit logs show it. */
export const USER_AGENT = `nodeeni/${PRODUCT_VERSION}`;
