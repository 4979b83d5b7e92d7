import type { Command } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { humanDuration } from '#kube/duration.ts'
import { table } from '#views/table.ts'
import { type FoundSandbox, findSandboxes } from '../find.ts'

/** The document of `-o json` and `-o yaml`. */
function listDocument(found: readonly FoundSandbox[]): object {
  const items = found.map(({ url, port, nodes, startedAt, kubeconfig, state, stopAfter }) => ({
    url,
    port,
    nodes,
    startedAt: new Date(startedAt).toISOString(),
    kubeconfig,
    answers: state === 'serving',
    ...(stopAfter === undefined ? {} : { stopAfterSeconds: stopAfter / 1000 }),
  }))
  return { apiVersion: 'kds/v1', kind: 'SandboxList', items }
}

function listTable(found: readonly FoundSandbox[], now: number): string {
  const rows = found.map(({ port, nodes, startedAt, kubeconfig, state, stopAfter }) => [
    String(port),
    String(nodes),
    humanDuration(now - startedAt),
    state,
    stopAfter === undefined ? 'by hand' : `after ${humanDuration(stopAfter)} idle`,
    kubeconfig,
  ])
  return table({ head: ['PORT', 'NODES', 'AGE', 'STATUS', 'STOPS', 'KUBECONFIG'], rows })
}

export const statusCommand: Command = {
  async run(invocation, context) {
    const { clock, stderr, stdout } = context
    const output = invocation.text('output') as 'json' | 'yaml' | undefined
    const found = await findSandboxes(context)
    if (output !== undefined) stdout.write(await structured(listDocument(found), output))
    else if (found.length === 0) stderr.write('No sandbox is running.\n')
    else stdout.write(listTable(found, clock.now()))
    return 0
  },
}
