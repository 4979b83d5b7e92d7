import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { type Asker, somebodyIsThere } from '#cli/questions.ts'
import type { Connected } from '#commands/shared/connection.ts'
import type { DaemonSet } from '#kube/types.ts'
import { candidates } from '#rollout/targets.ts'

/**
 * The DaemonSet that is meant where none was named: the only one of the namespace, or the one that the user chooses.
 *
 * @throws KdsError that lists them where there are several and nobody to ask, and where there is none.
 */
export async function chooseTarget(
  { cluster, namespace, signal }: Connected,
  context: Context,
  ask: Asker,
): Promise<DaemonSet> {
  const found = await candidates(cluster, { namespace, signal })
  const [only] = found
  if (!only) throw new KdsError('no-target', `there is no DaemonSet in the namespace ${namespace}`)
  const names = found.map((daemonSet) => daemonSet.metadata?.name ?? '')
  if (found.length === 1) {
    context.stderr.write(`daemonset.apps/${names[0]} is the only DaemonSet in the namespace ${namespace}\n`)
    return only
  }
  if (!somebodyIsThere(context)) throw severalTargets(names, namespace)
  const rows = names.map((name, at) => `  ${String(at + 1).padStart(String(names.length).length)}  ${name}\n`)
  context.stderr.write(`The namespace ${namespace} has ${names.length} DaemonSets:\n${rows.join('')}`)
  const answer = ((await ask.line('Number or name: ')) ?? '').trim()
  const chosen = found[names.includes(answer) ? names.indexOf(answer) : Number(answer) - 1]
  if (!chosen)
    throw new KdsError('no-target', `there is no ${JSON.stringify(answer)} among them: nothing was done`)
  return chosen
}

function severalTargets(names: readonly string[], namespace: string): KdsError {
  return new KdsError(
    'no-target',
    `required resource not specified: the namespace ${namespace} has ${names.length} DaemonSets: ${names.join(', ')}`,
    { hint: `name one: ds/${names[0]}` },
  )
}
