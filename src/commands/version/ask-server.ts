import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { interrupted } from '#cli/exit-codes.ts'
import type { Invocation } from '#cli/spec.ts'
import type { ServerVersion } from '#cluster/port.ts'
import { withCluster } from '#commands/shared/connection.ts'

/** The version of the server that the flags mean. @throws KdsError where it cannot be had. */
export async function askServer(invocation: Invocation, context: Context): Promise<ServerVersion> {
  let answer: ServerVersion | undefined
  await withCluster(invocation, context, async ({ cluster, signal }) => {
    answer = await cluster.version({ signal })
    return 0
  })
  if (!answer) throw new KdsError('interrupted', 'interrupted', { exitCode: interrupted })
  return answer
}
