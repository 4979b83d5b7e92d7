import type { Command } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { humanDuration } from '#kube/duration.ts'
import { table } from '#views/table.ts'
import { type FoundSandbox, findSandboxes } from '../folder.ts'

/** The document of `-o json` and `-o yaml`. */
function listDocument(found: readonly FoundSandbox[]): object {
  const items = found.map(({ url, port, nodes, startedAt, kubeconfig }) => ({
    url,
    port,
    nodes,
    startedAt: new Date(startedAt).toISOString(),
    kubeconfig,
  }))
  return { apiVersion: 'kds/v1', kind: 'SandboxList', items }
}

function listTable(found: readonly FoundSandbox[], now: number): string {
  const rows = found.map(({ port, nodes, startedAt, kubeconfig }) => [
    String(port),
    String(nodes),
    humanDuration(now - startedAt),
    kubeconfig,
  ])
  return table({ head: ['PORT', 'NODES', 'AGE', 'KUBECONFIG'], rows })
}

export const statusCommand: Command = {
  async run(invocation, { clock, env, stderr, stdout }) {
    const output = invocation.text('output') as 'json' | 'yaml' | undefined
    const found = await findSandboxes({ env })
    if (output !== undefined) stdout.write(await structured(listDocument(found), output))
    else if (found.length === 0) stderr.write('No sandbox is running.\n')
    else stdout.write(listTable(found, clock.now()))
    return 0
  },
}
