import product from '../../package.json' with { type: 'json' };

/** How this product names itself to whoever it calls ("User-Agent", RFC 9110): audit logs show it. */
export const USER_AGENT = `nodeeni/${product.version}`;
