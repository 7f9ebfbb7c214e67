import { defineConfig } from 'rolldown';

/** The command line in a few files: it starts in a fifth of the time and needs a third of the memory of the sources. */
export default defineConfig({
  input: { nodeeni: 'src/cli/main.ts' },
  platform: 'node',
  // The SDK's CommonJS builds cannot be shaken: EC2 alone would bring every operation's schema.
  resolve: { mainFields: ['module', 'main'] },
  output: { dir: 'dist/cli', format: 'esm', minify: true, cleanDir: true },
});
