import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { KdsError, type Location } from '#base/errors.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import type { LiveHost } from '../host.ts'
import { checkKubeconfig, checkVersion } from './kubeconfig-shape.ts'
import { readText } from './read-text.ts'

export interface KubeCluster {
  readonly server?: string
  readonly 'tls-server-name'?: string
  readonly 'insecure-skip-tls-verify'?: boolean
  readonly 'certificate-authority'?: string
  readonly 'certificate-authority-data'?: string
  readonly 'proxy-url'?: string
  readonly 'disable-compression'?: boolean
  readonly extensions?: readonly { readonly name?: string; readonly extension?: Json }[]
}

export interface ExecConfig {
  readonly command?: string
  readonly args?: readonly string[]
  readonly env?: readonly ({ readonly name?: string; readonly value?: string } | null)[]
  readonly apiVersion?: string
  readonly installHint?: string
  readonly provideClusterInfo?: boolean
  readonly interactiveMode?: string
}

export interface KubeUser {
  readonly token?: string
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly 'client-certificate'?: string
  readonly 'client-certificate-data'?: string
  readonly 'client-key'?: string
  readonly 'client-key-data'?: string
  readonly as?: string
  readonly 'as-uid'?: string
  readonly 'as-groups'?: readonly string[]
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>
  readonly exec?: ExecConfig
  readonly 'auth-provider'?: { readonly name?: string; readonly config?: Readonly<Record<string, string>> }
}

interface KubeContext {
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
}

/** Several kubeconfig files merged into one, paths made absolute. */
export interface Kubeconfig {
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, KubeCluster>
  readonly users: ReadonlyMap<string, KubeUser>
  readonly contexts: ReadonlyMap<string, KubeContext>
  /** The file that each user stands in, to which renewed tokens are written. */
  readonly userFiles: ReadonlyMap<string, string>
}

/**
 * Reads and merges the kubeconfig files that kubectl would: `--kubeconfig` alone, else the list in KUBECONFIG, else
 * `~/.kube/config`. Missing files of the list are passed over; the first file to name a cluster, user or context wins, and
 * so does the first current-context. Relative paths count from the file that they stand in. client-node's own loader fails
 * on a missing file and on a name that two files share, takes the last current-context, and drops fields that it does not know.
 *
 * @throws KdsError when `--kubeconfig` does not exist or a file is no kubeconfig.
 */
export async function loadKubeconfig(explicitPath: string | undefined, host: LiveHost): Promise<Kubeconfig> {
  const clusters = new Map<string, KubeCluster>()
  const users = new Map<string, KubeUser>()
  const contexts = new Map<string, KubeContext>()
  const userFiles = new Map<string, string>()
  let currentContext = ''
  for (const path of candidatePaths(explicitPath, host)) {
    const file = await readKubeconfig(path, path === explicitPath, host)
    if (!file) continue
    const absolute = resolve(host.cwd, path)
    const section = <T>(list: Json | undefined, key: string, paths: readonly string[]) =>
      entries<T>(list, { key, file: path, folder: dirname(absolute), paths })
    const found = section<KubeUser>(file.users, 'user', userPaths)
    addNew(
      userFiles,
      [...found.keys()].map((name) => [name, absolute] as const),
    )
    addNew(users, found)
    addNew(clusters, section<KubeCluster>(file.clusters, 'cluster', ['certificate-authority']))
    addNew(contexts, section<KubeContext>(file.contexts, 'context', []))
    currentContext ||= (file['current-context'] as string | null | undefined) ?? ''
  }
  return { currentContext, clusters, users, contexts, userFiles }
}

const userPaths = ['client-certificate', 'client-key', 'tokenFile']

function candidatePaths(explicitPath: string | undefined, host: LiveHost): string[] {
  if (explicitPath) return [explicitPath]
  const list = host.env.KUBECONFIG
  if (list) return [...new Set(list.split(delimiter).filter((path) => path !== ''))]
  const home = host.env.HOME ?? homedir()
  return home === '' ? [] : [join(home, '.kube', 'config')]
}

async function readKubeconfig(
  path: string,
  mustExist: boolean,
  host: LiveHost,
): Promise<JsonObject | undefined> {
  const failed = (words: string, location?: Location) =>
    new KdsError('kubeconfig', `error loading config file "${path}": ${words}`, location ? { location } : {})
  let text: string
  try {
    text = readText(resolve(host.cwd, path), path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw failed(message)
    if (!mustExist) return undefined
    throw new KdsError('kubeconfig', `stat ${path}: no such file or directory`, { cause: error })
  }
  try {
    const value = await parse(text, path)
    if (value === null || value === undefined) return {}
    if (!isObject(value)) throw new Error('it does not hold a kubeconfig')
    checkVersion(value, 'Config', 'v1')
    checkKubeconfig(value)
    return value
  } catch (error) {
    const { message, location } = error as KdsError
    throw failed(message, location)
  }
}

/** The first document of a file; null where it is empty. @throws KdsError that tells no value of the file. */
export async function parse(text: string, path: string): Promise<Json> {
  const [first = null] = await parseAll(text, path)
  return first
}

/** All documents of a file. Files in JSON, such as those of the sandbox, do without the YAML parser. */
export async function parseAll(text: string, path: string): Promise<Json[]> {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text) as Json]
    } catch {
      // Flow-style YAML begins like JSON.
    }
  }
  try {
    const { documents } = await parseYaml(new SourceText(path, text))
    return documents.map(({ value }) => value)
  } catch (error) {
    if (!(error instanceof KdsError)) throw error
    const problem = await parseYaml(new SourceText(path, masked(text))).then(
      () => 'it is not valid YAML',
      (same: Error) => same.message,
    )
    throw new KdsError('kubeconfig', problem, {
      ...(error.location ? { location: withoutText(error.location) } : {}),
    })
  }
}

/** The line itself may hold a token. */
function withoutText({ file, line, column }: Location): Location {
  return { file, line, column }
}

/** A key of a kubeconfig at the beginning of a line, or an escape, or else a run of whatever is no punctuation of YAML. */
const keyOrWord =
  /(^[ \t]*(?:- +)?(?:apiVersion|kind|clusters?|users?|contexts?|current-context|name|namespace|server|token|tokenFile|username|password|(?:certificate-authority|client-certificate|client-key)(?:-data)?|exec|auth-provider):|\\.)|[^\s:,[\]{}"'#&*!|>%@`\\-][^\s:,[\]{}"'#&*!|>%@`\\]*/gm

/** The same text without its values: what a parser says about it may be shown. */
function masked(text: string): string {
  return text.replace(keyOrWord, (_word, key?: string) => key ?? 'xxxxx')
}

function addNew<T>(to: Map<string, T>, found: Iterable<readonly [string, T]>): void {
  for (const [name, value] of found) if (!to.has(name)) to.set(name, value)
}

interface Section {
  readonly key: string
  readonly file: string
  readonly folder: string
  readonly paths: readonly string[]
}

/** The named entries of a list such as `clusters`, their paths made absolute. */
function entries<T>(list: Json | undefined, { key, file, folder, paths }: Section): Map<string, T> {
  const found = new Map<string, T>()
  for (const item of Array.isArray(list) ? list : []) {
    if (!isObject(item)) continue
    const name = (item.name ?? '') as string
    const value: JsonObject = isObject(item[key]) ? { ...item[key] } : {}
    for (const path of paths) if (value[path]) value[path] = resolve(folder, value[path] as string)
    // A credential plugin given by a relative path lies beside the file, one given by its name on the PATH.
    if (isObject(value.exec) && /[\\/]/.test(String(value.exec.command ?? '')))
      value.exec = { ...value.exec, command: resolve(folder, value.exec.command as string) }
    if (found.has(name))
      throw new KdsError(
        'kubeconfig',
        `error loading config file "${file}": duplicate name "${name}" in the list of ${key}s`,
      )
    found.set(name, value as T)
  }
  return found
}
