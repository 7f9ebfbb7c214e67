import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { REPOSITORY } from '#test/support/vm/image.ts';
import type { ImageSettings } from './image-archive.ts';

/** What a Dockerfile puts over its base image. */
export interface Recipe {
  readonly settings: ImageSettings;
  /** Files of the repository, with the folder of the image where they go. */
  readonly copies: readonly {
    readonly files: readonly string[];
    readonly folder: string;
    readonly mode: number;
  }[];
}

const INSTRUCTION = /^([A-Z]+) (.*(?:\\\n.*)*)/gm;

const copyOf = (text: string): Recipe['copies'][number] => {
  const [, mode = '', paths = ''] = /^--chmod=(\d+) (.+)$/.exec(text) ?? [];
  const files = paths.split(/\s+/);
  return { folder: files.pop() ?? '/', files, mode: Number.parseInt(mode, 8) };
};

const setting =
  (read: (text: string) => ImageSettings) =>
  (text: string, { settings, copies }: Recipe): Recipe => ({
    settings: { ...settings, ...read(text) },
    copies,
  });

const INSTRUCTIONS: Readonly<Record<string, (text: string, recipe: Recipe) => Recipe>> = {
  FROM: (_text, recipe) => recipe,
  LABEL: (_text, recipe) => recipe,
  ENV: setting((text) => ({ Env: text.split(/\s+/) })),
  USER: setting((text) => ({ User: text })),
  ENTRYPOINT: setting((text) => ({ Entrypoint: JSON.parse(text) as string[] })),
  CMD: setting((text) => ({ Cmd: JSON.parse(text) as string[] })),
  COPY: (text, recipe) => ({ ...recipe, copies: [...recipe.copies, copyOf(text)] }),
};

/** Reads the few instructions that the agent's Dockerfile has. Throws for any other: an image without it would be another one. */
export const readDockerfile = async (path: string): Promise<Recipe> => {
  const text = await readFile(join(REPOSITORY, path), 'utf8');
  let recipe: Recipe = { settings: {}, copies: [] };
  for (const [, word = '', rest = ''] of text.matchAll(INSTRUCTION)) {
    const follow = INSTRUCTIONS[word];
    if (follow === undefined) throw new Error(`Nobody knows here what ${word} of ${path} does.`);
    recipe = follow(rest, recipe);
  }
  return recipe;
};

/** Copies the files of a recipe into the folder of a layer. */
export const layOut = async ({ copies }: Recipe, layer: string): Promise<void> => {
  for (const { files, folder, mode } of copies) {
    await mkdir(join(layer, folder), { recursive: true });
    for (const file of files) {
      const copy = join(layer, folder, basename(file));
      await copyFile(join(REPOSITORY, file), copy);
      await chmod(copy, mode);
    }
  }
};
