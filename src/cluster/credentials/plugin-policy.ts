import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join, normalize, resolve } from 'node:path'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { parseAll } from '../config/kubeconfig.ts'
import { readText } from '../config/read-text.ts'
import type { LiveHost } from '../host.ts'

/**
 * Why the user's kuberc forbids a credential plugin, in client-go's words, or undefined where it may run. Mirrors the plugin
 * policy of client-go's exec authenticator and kubectl's pkg/kuberc. `kuberc` is the file that `--kuberc` names. A file that
 * cannot be read forbids every plugin, for it may have been meant to; kubectl only warns where nobody named the file.
 */
export async function pluginPolicy(
  command: string,
  kuberc: string | undefined,
  host: LiveHost,
): Promise<string | undefined> {
  let preference: JsonObject | undefined
  try {
    preference = await readPreference(kuberc, host)
  } catch (error) {
    return `kuberc: ${(error as Error).message}`
  }
  const { credentialPluginPolicy, credentialPluginAllowlist: list = null } = preference ?? {}
  const policy = credentialPluginPolicy ?? ''
  const plugin = clean(command)
  if (policy !== 'Allowlist') {
    if (policy !== '' && policy !== 'AllowAll' && policy !== 'DenyAll')
      return `unknown plugin policy: ${goQuote(String(policy))}`
    if (list !== null)
      return `misconfigured credential plugin allowlist: plugin policy is ${goQuote(policy)} but allowlist is non-nil`
    return policy === 'DenyAll' ? `plugin ${goQuote(plugin)} not allowed: policy set to "DenyAll"` : undefined
  }
  const allowed = Array.isArray(list) ? list.map(commandOf) : undefined
  return faultOf(allowed) ?? notAllowed(plugin, allowed ?? [], host)
}

const commandOf = (entry: Json) => (isObject(entry) && typeof entry.command === 'string' ? entry.command : '')

/** What is wrong with a list of allowed plugins: it is a mistake then, not a wish. */
function faultOf(allowed: readonly string[] | undefined): string | undefined {
  const set = 'credential plugin policy set to "Allowlist", but allowlist is'
  if (!allowed) return `${set} unspecified`
  if (allowed.length === 0) return `${set} empty; use "DenyAll" policy instead`
  const empty = allowed.indexOf('')
  if (empty >= 0) return `misconfigured credential plugin allowlist: empty allowlist entry #${empty + 1}`
  const odd = allowed.find((entry) => clean(entry) !== entry)
  return odd === undefined ? undefined : `non-normalized file path: ${goQuote(odd)} vs ${goQuote(clean(odd))}`
}

function notAllowed(plugin: string, allowed: readonly string[], host: LiveHost): string | undefined {
  const path = lookPath(plugin, host)
  if (allowed.includes(plugin) || (path !== undefined && allowed.includes(path))) return undefined
  if (path === undefined)
    return `plugin path ${goQuote(plugin)} cannot be resolved for credential plugin allowlist check: exec: ${goQuote(plugin)}: executable file not found in $PATH`
  const fits = (entry: string) => basename(entry) === basename(path) && lookPath(entry, host) === path
  return allowed.some(fits)
    ? undefined
    : `plugin path ${goQuote(path)} is not permitted by the credential plugin allowlist`
}

/** The first Preference of the file that holds the user's preferences; undefined where there is none. */
async function readPreference(given: string | undefined, host: LiveHost): Promise<JsonObject | undefined> {
  const { KUBECTL_KUBERC: gate, KUBERC: file, HOME } = host.env
  if (file === 'off' && given)
    throw new Error('disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive')
  if (file === 'off' || (gate === 'false' && !given)) return undefined
  const explicit = given || file
  const path = explicit ? resolve(host.cwd, explicit) : join(HOME ?? homedir(), '.kube', 'kuberc')
  let text: string
  try {
    text = readText(path)
  } catch (error) {
    if (!explicit && /ENOENT|ENOTDIR/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
  const documents = (await parseAll(text, path)).filter((one) => one !== null)
  const found = documents.find(isPreference)
  if (found || documents.length === 0) return found
  throw new Error(`no valid preferences found in ${path}`)
}

const isPreference = (value: Json): value is JsonObject =>
  isObject(value) &&
  value.kind === 'Preference' &&
  /^kubectl\.config\.k8s\.io\/v1(alpha1|beta1)$/.test(String(value.apiVersion))

/** Mirrors filepath.Clean. */
const clean = (path: string) => normalize(path).replace(/(.)[\\/]$/, '$1')

/** Where a command is, as Go's exec.LookPath finds it. */
function lookPath(command: string, { env, cwd }: LiveHost): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const places = /[\\/]/.test(command)
    ? [resolve(cwd, command)]
    : folders.map((folder) => join(folder, command))
  return places.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
