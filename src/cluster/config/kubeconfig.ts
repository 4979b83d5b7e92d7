import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { KdsError, type Location } from '#base/errors.ts'
import { isObject, type Json, type JsonObject, readJson } from '#base/json.ts'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { readPlainBlocks } from '#yaml/plain-blocks.ts'
import { SourceText } from '#yaml/source-text.ts'
import type { ConfigHost } from '../host.ts'
import type { Kubeconfig } from './connection.ts'
import { checkKubeconfig, checkVersion } from './kubeconfig-shape.ts'
import { readText } from './read-text.ts'

/**
 * Reads and merges the kubeconfig files that kubectl would: `--kubeconfig` alone, else the list in KUBECONFIG, else
 * `~/.kube/config`. Missing files of the list are passed over; the first file to name a cluster, user or context wins, and
 * so does the first current-context. Relative paths count from the file that they stand in. client-node's own loader fails
 * on a missing file and on a name that two files share, takes the last current-context, and drops fields that it does not know.
 *
 * @throws KdsError when `--kubeconfig` does not exist or a file is no kubeconfig.
 */
export async function loadKubeconfig(
  explicitPath: string | undefined,
  host: ConfigHost,
): Promise<Kubeconfig> {
  const [clusters, users, contexts] = [new Map(), new Map(), new Map()]
  const userFiles = new Map<string, string>()
  let currentContext = ''
  for (const path of candidatePaths(explicitPath, host)) {
    const file = await readKubeconfig(path, path === explicitPath, host)
    const absolute = resolve(host.cwd, path)
    for (const [key, merged] of Object.entries({ cluster: clusters, user: users, context: contexts }))
      for (const [name, value] of entries(file[`${key}s`], key, path, dirname(absolute))) {
        if (merged.has(name)) continue
        merged.set(name, value)
        if (merged === users) userFiles.set(name, absolute)
      }
    currentContext ||= (file['current-context'] as string | null | undefined) ?? ''
  }
  return { currentContext, clusters, users, contexts, userFiles }
}

function candidatePaths(explicitPath: string | undefined, { env }: ConfigHost): string[] {
  if (explicitPath) return [explicitPath]
  if (env.KUBECONFIG) return [...new Set(env.KUBECONFIG.split(delimiter).filter((path) => path !== ''))]
  const home = env.HOME ?? homedir()
  return home === '' ? [] : [join(home, '.kube', 'config')]
}

async function readKubeconfig(path: string, mustExist: boolean, { cwd }: ConfigHost): Promise<JsonObject> {
  try {
    const [value = null] = await documentsOf(readText(resolve(cwd, path), path), path)
    if (value === null) return {}
    if (!isObject(value)) throw new Error('it does not hold a kubeconfig')
    checkVersion(value, 'Config', 'v1')
    checkKubeconfig(value)
    return value
  } catch (error) {
    const { code, location, message } = error as NodeJS.ErrnoException & KdsError
    if (code === 'ENOENT' && !mustExist) return {}
    if (code === 'ENOENT') throw new KdsError('kubeconfig', `stat ${path}: no such file or directory`)
    throw failure(path, message, location)
  }
}

const failure = (path: string, words: string, location?: Location) =>
  new KdsError('kubeconfig', `error loading config file "${path}": ${words}`, location && { location })

const paths = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

/** The named entries of a list such as `clusters`, their paths made absolute. */
function entries(list: Json | undefined, key: string, file: string, folder: string): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  for (const item of (list ?? []) as JsonObject[]) {
    const name = (item.name ?? '') as string
    const value = { ...(item[key] as JsonObject | null | undefined) }
    for (const path of paths) if (value[path]) value[path] = resolve(folder, value[path] as string)
    // A credential plugin given by a relative path lies beside the file, one given by its name on the PATH.
    if (isObject(value.exec) && /[\\/]/.test(String(value.exec.command ?? '')))
      value.exec = { ...value.exec, command: resolve(folder, value.exec.command as string) }
    if (found.has(name)) throw failure(file, `duplicate name "${name}" in the list of ${key}s`)
    found.set(name, value)
  }
  return found
}

/**
 * All documents of a file that may hold secrets. Files in JSON, and in YAML as kubectl writes it, do without the YAML parser.
 * @throws KdsError that tells no value of the file
 */
export async function documentsOf(text: string, path: string): Promise<Json[]> {
  // Flow-style YAML begins like JSON.
  const simple = text.trimStart().startsWith('{') ? readJson(text) : readPlainBlocks(undefined, text)
  if (simple !== undefined) return [simple]
  const parse = async (shown: string) => (await parseYaml(new SourceText(path, shown))).documents
  try {
    return (await parse(text)).map(({ value }) => value)
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    // What the parser says may hold a value: it is told of the same text without them.
    const words = await parse(text.replace(keyOrWord, (_word, key?: string) => key ?? 'xxxxx')).then(
      () => 'it is not valid YAML',
      (same: Error) => same.message,
    )
    const { text: _line, ...location } = error.location ?? {}
    throw new KdsError('kubeconfig', words, error.location && { location: location as Location })
  }
}

/** A key of a kubeconfig at the beginning of a line, or an escape, or else a run of whatever is no punctuation of YAML. */
const keyOrWord =
  /(^[ \t]*(?:- +)?(?:apiVersion|kind|clusters?|users?|contexts?|current-context|name|namespace|server|token|tokenFile|username|password|(?:certificate-authority|client-certificate|client-key)(?:-data)?|exec|auth-provider):|\\.)|[^\s:,[\]{}"'#&*!|>%@`\\-][^\s:,[\]{}"'#&*!|>%@`\\]*/gm
