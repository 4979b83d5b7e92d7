import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { isObject } from '#base/json.ts'
import { editInPlace } from '#yaml/edit-in-place.ts'
import { parse } from './kubeconfig.ts'

/**
 * Writes tokens to the auth provider of a user in a kubeconfig. The rest of the file stays as it is, comments too, and so
 * do its owner, its permissions and links to it; whoever reads meanwhile sees the old file or the new one, never a half.
 */
export async function saveTokens(
  path: string,
  user: string,
  tokens: Readonly<Record<string, string>>,
): Promise<void> {
  const file = realpathSync(path)
  const text = readFileSync(file, 'utf8')
  const value = await parse(text, file)
  const users = isObject(value) && Array.isArray(value.users) ? value.users : []
  const at = users.findIndex((one) => isObject(one) && one.name === user)
  if (at < 0) throw new Error(`there is no user ${user} in ${path} any more`)
  const config = ['users', at, 'user', 'auth-provider', 'config']
  const edits = Object.entries(tokens).map(([name, token]) => ({
    document: 0,
    path: [...config, name],
    value: token,
  }))
  const changed = await editInPlace(text, edits)
  const fresh = `${file}.${randomUUID()}`
  const { gid, mode, uid } = statSync(file)
  writeFileSync(fresh, changed, { mode: 0o600 })
  chownSync(fresh, uid, gid)
  chmodSync(fresh, mode & 0o777)
  renameSync(fresh, file)
}
