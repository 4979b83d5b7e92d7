import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** A new folder for the tests of one file, gone after them: `remove-temporary-folders.ts` sees to it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(process.env.KDS_TEST_RUN ?? tmpdir(), 'kds-test-'))
  made.push(folder)
  return folder
}

export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
