import { UsageError } from '#base/errors.ts'
import { daemonSets } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { nothingNamed } from '#commands/shared/hints.ts'
import type { DaemonSet } from '#kube/types.ts'
import { parseTargets, resolveTargets } from '#rollout/targets.ts'

/** The name that the arguments give; undefined: none. @throws UsageError for several */
export function namedTarget(args: readonly string[]): string | undefined {
  const request = parseTargets(args)
  if (request.kind === 'none') return undefined
  const [name, ...others] = request.kind === 'names' ? request.names : []
  if (name === undefined || others.length > 0)
    throw new UsageError('waves are about one DaemonSet at a time: name one, such as ds/agent')
  return name
}

/** As {@link namedTarget}. @throws KdsError where none is named, with those that could be */
export async function requiredTarget(args: readonly string[], connected: Connected): Promise<string> {
  const name = namedTarget(args)
  if (name === undefined) throw await nothingNamed(connected, 'name a DaemonSet, such as ds/agent')
  return name
}

/** Gets it. @throws ApiError in kubectl's words */
export async function getTarget(name: string, { cluster, namespace, signal }: Connected): Promise<DaemonSet> {
  const found = await resolveTargets(cluster, { kind: 'names', names: [name] }, { namespace, signal })
  const [daemonSet] = found.daemonSets
  if (daemonSet) return daemonSet
  throw found.errors[0] ?? new Error(`no ${daemonSets.plural}`)
}
