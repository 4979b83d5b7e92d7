import { randomUUID } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isObject } from '#base/json.ts'
import { setInYaml } from '#yaml/set-in-place.ts'
import { parse } from './kubeconfig.ts'

/**
 * Writes tokens to the auth provider of a user in a kubeconfig. The rest of the file stays as it is, comments too, and so
 * do its permissions; whoever reads meanwhile sees the old file or the new one, never a half.
 */
export async function saveTokens(
  file: string,
  user: string,
  tokens: Readonly<Record<string, string>>,
): Promise<void> {
  const text = readFileSync(file, 'utf8')
  const value = await parse(text, file)
  const users = isObject(value) && Array.isArray(value.users) ? value.users : []
  const at = users.findIndex((one) => isObject(one) && one.name === user)
  if (at < 0) throw new Error(`there is no user ${user} in ${file} any more`)
  const config = ['users', at, 'user', 'auth-provider', 'config']
  const edits = Object.entries(tokens).map(([name, token]) => ({ path: [...config, name], value: token }))
  const fresh = `${file}.${randomUUID()}`
  writeFileSync(fresh, await setInYaml(text, edits), { mode: 0o600 })
  chmodSync(fresh, statSync(file).mode & 0o777)
  renameSync(fresh, file)
}
