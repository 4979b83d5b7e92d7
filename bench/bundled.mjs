import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Writes TypeScript that imports the rooms of kds, and `./bench`, into one file that any Node runs. */
export function bundled(contents, file) {
  buildSync({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    absWorkingDir: root,
  })
  return file
}
