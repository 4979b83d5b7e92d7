import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join, normalize, resolve } from 'node:path'
import { isObject, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { documentsOf } from '../config/kubeconfig.ts'
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
  let preference: JsonObject
  try {
    preference = await readPreference(kuberc, host)
  } catch (error) {
    return `kuberc: ${(error as Error).message}`
  }
  const { credentialPluginPolicy, credentialPluginAllowlist: list = null } = preference
  const policy = String(credentialPluginPolicy ?? '')
  const plugin = clean(command)
  const misconfigured = 'misconfigured credential plugin allowlist:'
  if (!/^(|AllowAll|DenyAll|Allowlist)$/.test(policy)) return `unknown plugin policy: ${goQuote(policy)}`
  if (policy !== 'Allowlist') {
    if (list !== null) return `${misconfigured} plugin policy is ${goQuote(policy)} but allowlist is non-nil`
    return policy === 'DenyAll' ? `plugin ${goQuote(plugin)} not allowed: policy set to "DenyAll"` : undefined
  }
  const set = 'credential plugin policy set to "Allowlist", but allowlist is'
  if (!Array.isArray(list)) return `${set} unspecified`
  if (list.length === 0) return `${set} empty; use "DenyAll" policy instead`
  const allowed = list.map((one) => (isObject(one) && typeof one.command === 'string' ? one.command : ''))
  if (allowed.includes('')) return `${misconfigured} empty allowlist entry #${allowed.indexOf('') + 1}`
  const odd = allowed.find((entry) => clean(entry) !== entry)
  if (odd !== undefined) return `non-normalized file path: ${goQuote(odd)} vs ${goQuote(clean(odd))}`
  const path = lookPath(plugin, host)
  if (allowed.includes(plugin)) return undefined
  if (path === undefined)
    return `plugin path ${goQuote(plugin)} cannot be resolved for credential plugin allowlist check: exec: ${goQuote(plugin)}: executable file not found in $PATH`
  const fits = (entry: string) =>
    entry === path || (basename(entry) === basename(path) && lookPath(entry, host) === path)
  return allowed.some(fits)
    ? undefined
    : `plugin path ${goQuote(path)} is not permitted by the credential plugin allowlist`
}

/** The first Preference of the file that holds the user's preferences; empty where there is none. */
async function readPreference(given: string | undefined, host: LiveHost): Promise<JsonObject> {
  const { KUBECTL_KUBERC: gate, KUBERC: file, HOME } = host.env
  if (file === 'off' && given)
    throw new Error('disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive')
  if (file === 'off' || (gate === 'false' && !given)) return {}
  const explicit = given || file
  const path = explicit ? resolve(host.cwd, explicit) : join(HOME ?? homedir(), '.kube', 'kuberc')
  let text = ''
  try {
    text = readText(path)
  } catch (error) {
    if (explicit || !/^ENO(ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  const documents = (await documentsOf(text, path)).filter((one) => one !== null)
  const preferences = documents.filter(isObject).filter(({ apiVersion, kind }) => {
    const known = /^kubectl\.config\.k8s\.io\/v1(alpha1|beta1)$/.test(String(apiVersion))
    return kind === 'Preference' && known
  })
  if (preferences.length === 0 && documents.length > 0)
    throw new Error(`no valid preferences found in ${path}`)
  return preferences[0] ?? {}
}

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
