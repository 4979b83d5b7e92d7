import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what the test files of one run share; gone after it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'kds-tests-'))
  // Some tests start a program as another user, in a folder below.
  chmodSync(folder, 0o711)
  process.env.KDS_TEST_RUN = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
