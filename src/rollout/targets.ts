import { KdsError, UsageError } from '#base/errors.ts'
import { ApiError } from '#cluster/api-error.ts'
import type { CallOptions, Cluster } from '#cluster/port.ts'
import { daemonSets, namespaces } from '#cluster/resources.ts'
import type { DaemonSet } from '#kube/types.ts'

/** Which DaemonSets a command is about, before the cluster has been asked. */
export type TargetRequest =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** All of the namespace, or those that a selector matches. */
  | { readonly kind: 'all' }
  /** No argument and no selector. */
  | { readonly kind: 'none' }

const resourceWords = /^(ds|daemonsets?)(\.(v1\.)?apps)?$/i

/** Kinds that kubectl users have in their fingers, and kds does not work on. */
const otherWords =
  /^(all|deploy|deployments?|sts|statefulsets?|rs|replicasets?|rc|po|pods?|no|nodes?|ev|events?|jobs?|cj|cronjobs?)(\.[a-z0-9.]+)?$/i

/** Whether a word is one of these kinds, where it may be a name as well. */
export const isOtherKind = (word: string): boolean => otherWords.test(word)

/**
 * Reads the arguments that name DaemonSets: `NAME`, `ds/NAME`, `daemonset NAME`, `daemonset.apps/NAME`, several of them, or
 * the bare type for all.
 *
 * @throws KdsError in kubectl's words for another type and for a mixture of the two forms.
 */
export function parseTargets(args: readonly string[], hasSelector = false): TargetRequest {
  const [first = '', ...rest] = args
  if (args.length === 0) return hasSelector ? { kind: 'all' } : { kind: 'none' }
  const slashed = args.filter((word) => word.includes('/'))
  if (slashed.length > 0 && slashed.length < args.length)
    throw new KdsError(
      'usage',
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    )
  const types = first.split(',')
  const other = types.length > 1 && slashed.length === 0 && types.find((type) => !resourceWords.test(type))
  if (typeof other === 'string') throw otherType(other)
  const typed = types.every((type) => resourceWords.test(type))
  if (!typed && otherWords.test(first) && rest.length > 0) throw otherType(first)
  const words = typed ? rest : args
  if (hasSelector && slashed.length > 0)
    throw new KdsError(
      'usage',
      'selectors and the all flag cannot be used when passing resource/name arguments',
    )
  if (words.length === 0) return { kind: 'all' }
  if (hasSelector) throw new KdsError('usage', 'name cannot be provided when a selector is specified')
  return { kind: 'names', names: [...new Set(words.map(nameOf))] }
}

function nameOf(word: string): string {
  const parts = word.split('/')
  if (parts.length === 1) return word
  const [type = '', name = ''] = parts
  if (parts.length > 2)
    throw new KdsError('usage', 'arguments in resource/name form may not have more than one slash')
  if (type === '' || name === '')
    throw new KdsError('usage', 'arguments in resource/name form must have a single resource and name')
  if (!resourceWords.test(type)) throw otherType(type)
  return name
}

function otherType(type: string): KdsError {
  return otherWords.test(type)
    ? new UsageError(`kds works on DaemonSets only, not on ${type}`, { hint: `kubectl knows ${type}` })
    : new KdsError('unknown-type', `the server doesn't have a resource type "${type}"`)
}

export interface Targets {
  /** In the order in which they were named, or in the server's. */
  readonly daemonSets: readonly DaemonSet[]
  /** One for each name that could not be had. The others are still to be dealt with, as kubectl does. */
  readonly errors: readonly KdsError[]
}

export interface ResolveOptions extends CallOptions {
  /** Absent is every namespace. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** What may not be read is answered by its name alone. */
  readonly unread?: boolean
}

/** Gets what was asked for. A namespace that does not exist is reported as missing, rather than what was sought in it. */
export async function resolveTargets(
  cluster: Cluster,
  request: TargetRequest,
  options: ResolveOptions,
): Promise<Targets> {
  const call = { signal: options.signal }
  if (request.kind === 'none') throw new KdsError('usage', 'required resource not specified')
  if (request.kind === 'all') {
    const { items } = await cluster.list(daemonSets, options)
    return { daemonSets: items, errors: [] }
  }
  const found: DaemonSet[] = []
  const errors: KdsError[] = []
  for (const name of request.names) {
    const metadata = { name, namespace: options.namespace ?? 'default' }
    try {
      found.push(await cluster.get(daemonSets, metadata, call))
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0) throw error
      if (options.unread && error.status === 403) found.push({ metadata })
      else errors.push(await missingNamespace(cluster, options.namespace, error, call))
    }
  }
  return { daemonSets: found, errors }
}

async function missingNamespace(
  cluster: Cluster,
  namespace: string | undefined,
  error: ApiError,
  call: CallOptions,
): Promise<ApiError> {
  if (error.status !== 404 || !namespace || namespace === 'default') return error
  try {
    await cluster.get(namespaces, { name: namespace }, call)
    return error
  } catch (other) {
    return other instanceof ApiError && other.status === 404 ? other : error
  }
}

/** The DaemonSets to choose from where none was named: exactly one is the answer, more are a question to the user. */
export async function candidates(cluster: Cluster, options: ResolveOptions): Promise<readonly DaemonSet[]> {
  return (await cluster.list(daemonSets, options)).items
}
