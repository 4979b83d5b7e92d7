import { KdsError } from '#base/errors.ts'
import { meant } from '#base/nearest.ts'
import { ApiError } from '#cluster/api-error.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'
import { isOtherKind } from '#rollout/targets.ts'
import { sampleNames } from '#views/names.ts'
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

const otherKindHint = (name: string) =>
  isOtherKind(name) ? `kds works on DaemonSets only: try kubectl with ${name}` : undefined

const missing = /^(daemonsets\.apps|namespaces) "([^"]+)" not found$/
const forbidden = / cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/

/**
 * Adds what kds knows and kubectl does not say: the namespaces that do have a DaemonSet of that name, the name that was meant, or how to ask for the
 * permission that is missing. An error that nothing can be added to comes back as it is.
 */
export async function hinted<E>(error: E, connected: Connected): Promise<E | KdsError> {
  if (!(error instanceof ApiError) || error.hint !== undefined) return error
  const [, resourceWord, name] = missing.exec(error.serverMessage) ?? []
  if (error.status === 404 && name !== undefined) {
    const hint = await (resourceWord === 'namespaces'
      ? namespacesHint(connected, name)
      : elsewhere(name, connected).then((told) => told ?? otherKindHint(name)))
    return hint === undefined ? error : withHint(error, hint)
  }
  const [, verb, resource, group, namespace] = forbidden.exec(error.serverMessage) ?? []
  if (error.status !== 403 || verb === undefined) return error
  const what = group === '' ? resource : `${resource}.${group}`
  const where = namespace === undefined ? '' : ` -n ${namespace}`
  return withHint(error, `check with: kubectl auth can-i ${verb} ${what}${where}`)
}

type Looking = Pick<Connected, 'cluster' | 'namespace' | 'signal'>

/** A hint must not keep anybody waiting, in milliseconds. */
const patience = 2000

/** What `look` finds in short time; nothing where the user may not look, or nobody answers. */
async function found(
  connected: Looking,
  look: (connected: Looking) => Promise<string | undefined>,
): Promise<string | undefined> {
  const late = AbortSignal.timeout(patience)
  try {
    return await look({ ...connected, signal: AbortSignal.any([connected.signal, late]) })
  } catch (error) {
    if (error instanceof KdsError || late.aborted) return undefined
    throw error
  }
}

const namesIn = async ({ cluster, namespace, signal }: Looking) =>
  (
    await cluster.list(daemonSets, {
      namespace,
      signal,
      keep: ({ metadata }) => metadata?.name ?? '',
      fields: 'metadata { name }',
    })
  ).items

/** The namespaces of all DaemonSets, or of those of a name. */
const namespacesOf = async ({ cluster, signal }: Looking, name?: string) => {
  const fieldSelector = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }
  const keep = ({ metadata }: DaemonSet) => metadata?.namespace ?? ''
  return (
    await cluster.list(daemonSets, { ...fieldSelector, signal, keep, fields: 'metadata { namespace name }' })
  ).items
}

/** Where a DaemonSet of that name is, or one of nearly that name in the namespace. */
const elsewhere = (name: string, connected: Connected) =>
  found(connected, async (looking) => {
    const there = await namespacesOf(looking, name)
    const [only, ...others] = there
    if (only !== undefined)
      return others.length === 0
        ? `namespace ${only} has one: add -n ${only}`
        : `namespaces ${sampleNames(there, listWidth)} have one: add -n NAME`
    return meant(name, await namesIn(looking)).hint
  })

/** Columns that names may take in a hint. */
const listWidth = 60

/** Where DaemonSets are, for somebody who looked in a namespace without any; `having` are the namespaces of all. */
export function otherNamespaces(namespace: string, having: readonly string[]): string | undefined {
  const others = [...new Set(having)].sort()
  if (others.length === 0 || others.includes(namespace)) return undefined
  const add = others.length === 1 ? `-n ${others[0]}` : '-n NAME, or -A for all'
  const { hint } = meant(namespace, others, (near) => `did you mean -n ${near}?`)
  return hint ?? `DaemonSets are in ${sampleNames(others, listWidth)}: add ${add}`
}

/** The same of a cluster. */
export const namespacesHint = (connected: Looking, namespace = connected.namespace) =>
  found(connected, async (looking) => otherNamespaces(namespace, await namespacesOf(looking)))

/** What could be named, where a command needs a name and has none. */
const namesHint = (connected: Looking): Promise<string | undefined> =>
  found(connected, async (looking) => {
    const names = await namesIn(looking)
    if (names.length === 0) return otherNamespaces(looking.namespace, await namespacesOf(looking))
    const list = names.map((name) => `ds/${name}`)
    return `namespace ${looking.namespace} has ${sampleNames(list, listWidth)}`
  })

/** The error of a command that needs a name and has none, in kubectl's words, with what could be named; `otherwise` where nobody tells. */
export async function nothingNamed(connected: Looking, otherwise?: string): Promise<KdsError> {
  const hint = (await namesHint(connected)) ?? otherwise
  return new KdsError('usage', 'required resource not specified', hint === undefined ? {} : { hint })
}
