import { beforeEach, inject } from 'vitest';

beforeEach(({ skip }) => {
  const obstacle = inject('obstacle');
  if (obstacle !== undefined) skip(obstacle);
});
