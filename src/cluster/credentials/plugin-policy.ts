import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join, normalize, resolve } from 'node:path'
import { isObject, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { parse, unreadable } from '../config/kubeconfig.ts'
import type { LiveHost } from '../host.ts'

/**
 * Why the user's kuberc forbids a credential plugin, in client-go's words, or undefined where it may run. `kuberc` is the
 * file that `--kuberc` names. A file that cannot be read forbids every plugin: it may have been meant to.
 */
export async function pluginPolicy(
  command: string,
  kuberc: string | undefined,
  host: LiveHost,
): Promise<string | undefined> {
  let preferences: JsonObject | undefined
  try {
    preferences = await readPreferences(kuberc, host)
  } catch (error) {
    return `kuberc: ${(error as Error).message}`
  }
  const { credentialPluginPolicy: policy, credentialPluginAllowlist: list } = preferences ?? {}
  if (policy === undefined || policy === '' || policy === 'AllowAll') return undefined
  const plugin = normalize(command)
  if (policy === 'DenyAll') return `plugin ${goQuote(plugin)} not allowed: policy set to "DenyAll"`
  if (policy !== 'Allowlist') return `unknown plugin policy ${goQuote(String(policy))}`
  const allowed = (Array.isArray(list) ? list : []).flatMap((entry) =>
    isObject(entry) && typeof entry.command === 'string' ? [entry.command] : [],
  )
  const path = lookPath(plugin, host)
  const fits = (entry: string) =>
    entry === plugin ||
    entry === path ||
    (basename(entry) === basename(path) && lookPath(entry, host) === path)
  return allowed.some(fits)
    ? undefined
    : `plugin path ${goQuote(path)} is not permitted by the credential plugin allowlist`
}

async function readPreferences(given: string | undefined, host: LiveHost): Promise<JsonObject | undefined> {
  const { KUBECTL_KUBERC: gate, KUBERC: file, HOME } = host.env
  if (!given && (gate === 'false' || file === 'off')) return undefined
  const explicit = given || file
  const path = explicit ? resolve(host.cwd, explicit) : join(HOME ?? homedir(), '.kube', 'kuberc')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (!explicit && /ENOENT|ENOTDIR/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw new Error(unreadable(path, error))
  }
  const value = await parse(text, path)
  if (isObject(value) && value.kind === 'Preference') return value
  throw new Error(`${path} does not hold a Preference`)
}

/** Where a command is, as Go's exec.LookPath finds it; the command itself where it is nowhere. */
function lookPath(command: string, { env, cwd }: LiveHost): string {
  if (/[\\/]/.test(command)) return resolve(cwd, command)
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, command)).find(isExecutable) ?? command
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
