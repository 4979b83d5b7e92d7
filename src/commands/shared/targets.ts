import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { DaemonSet } from '#kube/types.ts'
import {
  parseTargets,
  type ResolveOptions,
  resolveTargets,
  type TargetRequest,
  type Targets,
} from '#rollout/targets.ts'
import type { Connected } from './connection.ts'
import { nothingNamed } from './hints.ts'
import type { NamedObject } from './inputs/named-in-files.ts'
import { otherNamespace } from './other-namespace.ts'

/** Which DaemonSets the arguments and flags name, as far as that is known without a cluster. */
export interface RequestedTargets {
  readonly request: TargetRequest
  /** Objects that files named; they are looked up by name. */
  readonly files: readonly NamedObject[] | undefined
  readonly selector: string | undefined
  readonly allNamespaces: boolean
}

/** Reads targets from arguments, `-f`, `-k`, `-l` and `-A`, with kubectl's refusals of mixtures. */
export async function requestedTargets(invocation: Invocation, context: Context): Promise<RequestedTargets> {
  const selector = invocation.text('selector') || undefined
  if (selector !== undefined) parseLabelSelector(selector)
  const allNamespaces = invocation.given('all-namespaces') && invocation.on('all-namespaces')
  const files = invocation.list('filename')
  const kustomize = invocation.text('kustomize')
  if (files.length === 0 && kustomize === undefined) {
    const request = parseTargets(invocation.args, selector !== undefined)
    if (!allNamespaces) return { request, files: undefined, selector, allNamespaces }
    if (request.kind === 'names')
      throw new KdsError('usage', 'a resource cannot be retrieved by name across all namespaces')
    return { request: { kind: 'all' }, files: undefined, selector, allNamespaces }
  }
  if (files.length > 0 && kustomize !== undefined)
    throw new KdsError('usage', 'only one of -f or -k can be specified')
  const { namedInFiles } = await import('../bundles/files.ts')
  const named = await namedInFiles(invocation, context)
  if (invocation.args.length > 0)
    throw new KdsError(
      'usage',
      invocation.args.every((word) => word.includes('/'))
        ? 'resource/name arguments cannot be provided when a path is specified'
        : 'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    )
  return {
    request: { kind: 'none' },
    files: named,
    selector,
    allNamespaces,
  }
}

/** Gets the DaemonSets. Errors of those that cannot be had come beside those that can. */
export async function getTargets(
  requested: RequestedTargets,
  connected: Connected,
  options: Pick<ResolveOptions, 'unread'> = {},
): Promise<Targets> {
  const { cluster, namespace, signal } = connected
  const { selector } = requested
  if (requested.files) return filteredBy(selector, await getNamed(requested.files, connected, options))
  if (namesNothing(requested)) throw await nothingNamed(connected)
  return resolveTargets(cluster, requested.request, {
    ...options,
    signal,
    ...(requested.allNamespaces ? {} : { namespace }),
    ...(selector === undefined ? {} : { labelSelector: selector }),
  })
}

async function getNamed(
  named: readonly NamedObject[],
  connected: Connected,
  options: Pick<ResolveOptions, 'unread'>,
): Promise<Targets> {
  const { cluster, namespace, namespaceGiven, signal } = connected
  const daemonSets: DaemonSet[] = []
  const errors: KdsError[] = []
  for (const object of named) {
    if (namespaceGiven && object.namespace !== undefined && object.namespace !== namespace) {
      errors.push(otherNamespace(object.namespace, namespace))
      continue
    }
    const found = await resolveTargets(
      cluster,
      { kind: 'names', names: [object.name] },
      { ...options, namespace: object.namespace ?? namespace, signal },
    )
    daemonSets.push(...found.daemonSets)
    errors.push(...found.errors)
  }
  return { daemonSets, errors }
}

function filteredBy(selector: string | undefined, targets: Targets): Targets {
  if (selector === undefined) return targets
  const { matches } = parseLabelSelector(selector)
  return {
    ...targets,
    daemonSets: targets.daemonSets.filter((daemonSet) => matches(daemonSet.metadata?.labels ?? {})),
  }
}

/** True when neither an argument nor a flag says which DaemonSet is meant. */
export const namesNothing = ({ request, files }: RequestedTargets) =>
  request.kind === 'none' && files === undefined

/** No argument means all of them. */
export const orAll = (requested: RequestedTargets): RequestedTargets =>
  namesNothing(requested) ? { ...requested, request: { kind: 'all' } } : requested
