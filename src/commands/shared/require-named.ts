import { KdsError } from '#base/errors.ts'
import type { Invocation } from '#cli/spec.ts'
import type { RequestedTargets } from './targets.ts'

/**
 * For commands that change what they find: a type alone is not enough to mean all of a namespace, which takes `--all`.
 *
 * @throws KdsError in kubectl's words
 */
export function requireNamed({ request, selector }: RequestedTargets, invocation: Invocation): void {
  const all = invocation.on('all')
  if (all && selector !== undefined)
    throw new KdsError('usage', 'cannot set --all and --selector at the same time')
  if (all && request.kind === 'names')
    throw new KdsError('usage', 'name cannot be provided when a selector is specified')
  if (request.kind === 'all' && selector === undefined && !all)
    throw new KdsError('usage', 'resource(s) were provided, but no name was specified', {
      hint: 'name one: ds/NAME; --all means all of the namespace',
    })
}
