import { KdsError, UsageError } from '#base/errors.ts'
import type { FoundSandbox } from './find.ts'

export const nothingRuns = () =>
  new KdsError('no-sandbox', 'no sandbox is running', { hint: 'kds sandbox start --detach starts one' })

const portsOf = (found: readonly FoundSandbox[]) => found.map(({ port }) => port).join(', ')

/**
 * The sandboxes on these ports; without ports the only one, or none where none runs.
 *
 * @throws KdsError for a port that has none, UsageError where several run and no port is given.
 */
export function chosen(found: readonly FoundSandbox[], ports: readonly string[]): FoundSandbox[] {
  if (ports.length === 0 && found.length > 1)
    throw new UsageError(`which one? There are sandboxes on the ports ${portsOf(found)}`)
  if (ports.length === 0) return [...found]
  return ports.map((port) => {
    const one = found.find((sandbox) => String(sandbox.port) === port)
    if (one) return one
    throw new KdsError('no-sandbox', `no sandbox is running on port ${port}`, {
      ...(found.length > 0 ? { hint: `there are sandboxes on: ${portsOf(found)}` } : {}),
    })
  })
}
