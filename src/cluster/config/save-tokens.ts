import { isObject } from '#base/json.ts'
import { replaceFile } from '#manifest/replace-file.ts'
import { editInPlace } from '#yaml/edit-in-place.ts'
import { documentsOf } from './kubeconfig.ts'
import { readText } from './read-text.ts'

/** Writes tokens to the auth provider of a user in a kubeconfig. The rest of the file stays as it is, comments too. */
export async function saveTokens(
  path: string,
  user: string,
  tokens: Readonly<Record<string, string>>,
): Promise<void> {
  const text = readText(path).replace(/^\uFEFF/, '')
  const [value] = await documentsOf(text, path)
  const users = isObject(value) && Array.isArray(value.users) ? value.users : []
  const at = users.findIndex((one) => isObject(one) && one.name === user)
  if (at < 0) throw new Error(`there is no user ${user} in ${path} any more`)
  const config = ['users', at, 'user', 'auth-provider', 'config']
  const edits = Object.entries(tokens).map(([name, value]) => ({
    document: 0,
    path: [...config, name],
    value,
  }))
  await replaceFile(path, text, await editInPlace(text, edits))
}
