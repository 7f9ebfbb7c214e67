import * as z from 'zod/mini';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { RemovalGuard } from '#operator/operator.ts';

/** What the deploy's engine adds to its call ("Resource: aws_lambda_invocation", Terraform AWS Provider). */
const stepSchema = z.object({ tf: z.object({ action: z.string() }) });

const isRemoval = (event: unknown): boolean =>
  z.safeParse(stepSchema, event).data?.tf.action === 'delete';

const MOST_NAMES = 5;

const inWords = (names: readonly string[]): string => {
  const others = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return others > 0 ? `${shown} and ${others} more` : shown;
};

/**
 * Called by the deploy as it makes, changes and removes the installation. Throws when it is to be removed while there are
 * NodeENIs: nobody would be left to release their interfaces.
 */
export const createHandler = ({
  telemetry,
  remainingNodeEnis,
}: RemovalGuard): LambdaHandler<unknown, void> =>
  instrument(telemetry, async (event) => {
    if (!isRemoval(event)) return;
    const names = await remainingNodeEnis();
    if (names.length > 0)
      throw new Error(
        `There still are NodeENIs: ${inWords(names)}. Release their interfaces first: nodeeni uninstall`,
      );
  });
