import { KdsError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets } from '#cluster/resources.ts'

/** Sets a hint on an error that has none; everything else about it stays. */
export function withHint(error: KdsError, hint: string | undefined): KdsError {
  if (hint === undefined || error.hint !== undefined) return error
  return new KdsError(error.code, error.message, {
    hint,
    verbatim: error.verbatim,
    exitCode: error.exitCode,
    diagnostics: error.diagnostics,
    ...(error.location ? { location: error.location } : {}),
    cause: error,
  })
}

const forbidden = /cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/

/**
 * What may help with an error of the API server: for a DaemonSet that is not there the namespaces that do have one of that
 * name, for a missing permission the command that shows it. Looking never fails; undefined if nothing helps.
 */
export async function hintFor(
  cluster: Cluster,
  error: unknown,
  options: CallOptions = {},
): Promise<string | undefined> {
  if (!(error instanceof ApiError)) return undefined
  if (error.status === 403) return permissionHint(error.serverMessage)
  const { kind, name } = error.details ?? {}
  if (error.status !== 404 || kind !== 'daemonsets' || !name) return undefined
  return elsewhereHint(cluster, name, options)
}

function permissionHint(message: string): string | undefined {
  const [, verb, plural, group, namespace] = forbidden.exec(message) ?? []
  if (!verb || !plural) return undefined
  const resource = group ? `${plural}.${group}` : plural
  return `check the permission with: kubectl auth can-i ${verb} ${resource}${namespace ? ` -n ${namespace}` : ''}`
}

async function elsewhereHint(
  cluster: Cluster,
  name: string,
  options: CallOptions,
): Promise<string | undefined> {
  try {
    const { items } = await cluster.list(daemonSets, {
      ...options,
      fieldSelector: `metadata.name=${name}`,
      keep: (one) => one.metadata?.namespace ?? '',
    })
    if (items.length === 0) return undefined
    const [first, ...rest] = items
    return rest.length === 0
      ? `there is one in the namespace ${first}: add -n ${first}`
      : `there is one in the namespaces ${items.join(', ')}: choose with -n`
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
