import { resolve } from 'node:path'

/**
 * The single file that commands are to be tested in, by Bun: `npm run test:executable` names it in KDS_PROGRAM. Without it they
 * are tested on the Node that runs the tests.
 */
export const singleFile: string | undefined = process.env.KDS_PROGRAM && resolve(process.env.KDS_PROGRAM)

/** Beside it: the program of the same make that answers calls whose clock and streams are pretended. */
export const answeringProgram: string | undefined = singleFile?.replace(/(\.exe)?$/, '-answering$1')
