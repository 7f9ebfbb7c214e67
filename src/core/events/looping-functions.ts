/**
 * Functions whose messages come back to themselves: reconcile and roll-up ask for each other and, by way of requeue, for
 * themselves again, until the world is as it is wanted. Lambda must be told that this is meant, or it ends such a chain
 * ("Use Lambda recursive loop detection to prevent infinite loops", AWS Lambda Developer Guide).
 */
export const LOOPING_FUNCTIONS: readonly string[] = ['reconcile', 'roll-up', 'requeue'];
