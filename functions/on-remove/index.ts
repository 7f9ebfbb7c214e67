import { createLambdaOperator } from '#operator/lambda-operator.ts';
import { createHandler } from './handler.ts';

export const handler = createHandler(await createLambdaOperator(process.env));
