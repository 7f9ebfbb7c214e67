import { createRouter } from '#operator/router.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler(createRouter(process.env));
