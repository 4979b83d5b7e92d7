import { KdsError } from '#base/errors.ts'
import { nearest } from '#base/nearest.ts'
import { ApiError } from '#cluster/api-error.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { Connected } from './connection.ts'

/** The same error in the same words, with a hint. */
function withHint(error: KdsError, hint: string): KdsError {
  return new KdsError(error.code, error.message, {
    verbatim: error.verbatim,
    exitCode: error.exitCode,
    hint,
    cause: error,
  })
}

const missing = /^daemonsets\.apps "([^"]+)" not found$/
const forbidden = / cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/

/**
 * Adds what kds knows and kubectl does not say: the namespaces that do have a DaemonSet of that name, the name that was meant, or how to ask for the
 * permission that is missing. An error that nothing can be added to comes back as it is.
 */
export async function hinted<E>(error: E, connected: Connected): Promise<E | KdsError> {
  if (!(error instanceof ApiError) || error.hint !== undefined) return error
  const name = missing.exec(error.serverMessage)?.[1]
  if (error.status === 404 && name !== undefined) {
    const hint = await elsewhere(name, connected)
    return hint === undefined ? error : withHint(error, hint)
  }
  const [, verb, resource, group, namespace] = forbidden.exec(error.serverMessage) ?? []
  if (error.status !== 403 || verb === undefined) return error
  const what = group === '' ? resource : `${resource}.${group}`
  const where = namespace === undefined ? '' : ` -n ${namespace}`
  return withHint(error, `check with: kubectl auth can-i ${verb} ${what}${where}`)
}

/** Where a DaemonSet of that name is, or one of nearly that name in the namespace, if the user may look. */
async function elsewhere(name: string, connected: Connected): Promise<string | undefined> {
  const { cluster, namespace, signal } = connected
  try {
    const { items } = await cluster.list(daemonSets, {
      fieldSelector: `metadata.name=${name}`,
      signal,
      keep: (daemonSet) => daemonSet.metadata?.namespace ?? '',
    })
    if (items.length > 0) return `namespace ${items.join(', ')} has one: add -n ${items[0]}`
    const keep = (daemonSet: DaemonSet) => daemonSet.metadata?.name ?? ''
    const near = nearest(name, (await cluster.list(daemonSets, { namespace, signal, keep })).items)
    return near === undefined ? undefined : `did you mean ${near}?`
  } catch (error) {
    if (error instanceof KdsError) return undefined
    throw error
  }
}
