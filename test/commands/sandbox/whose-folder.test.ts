import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Context } from '#cli/context.ts'
import { findSandboxes } from '#commands/sandbox/find.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const place = temporaryFolder()
const folder = join(place, 'kds-sandbox-x')
mkdirSync(folder)
writeFileSync(join(folder, 'sandbox.json'), 'no record')

/** What is told of the folder to a user whose number is this, or who has none. */
async function told(user: number | undefined, mode: number): Promise<string> {
  chmodSync(folder, mode)
  const written: string[] = []
  const stderr = { write: (text: string) => void written.push(text) }
  const style = { stderr: { warn: String, dim: String } }
  const context = { cwd: place, env: { TMPDIR: place }, stderr, style, user }
  await findSandboxes(context as unknown as Context)
  return written.join('')
}

const windows = undefined
const own = process.geteuid?.()

it.each<[string, number | undefined, number]>([
  ['on Windows, which has no numbers of users and shows a mode that everybody may write to', windows, 0o777],
  ['of the user alone', own, 0o700],
])('a folder %s is looked into', async (_, user, mode) => {
  expect(await told(user, mode)).toContain(folder)
})

it.skipIf(own === undefined).each<[string, number, number]>([
  ['of another user', (own ?? 0) + 1, 0o700],
  ['that others may look into', own ?? 0, 0o750],
])('a folder %s is passed over', async (_, user, mode) => {
  expect(await told(user, mode)).toBe('')
})
