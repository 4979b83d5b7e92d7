import { readFile } from 'node:fs/promises'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { humanDuration } from '#kube/duration.ts'
import { table } from '#views/table.ts'
import { answers, type FoundSandbox, findSandboxes, removeFolder } from './folder.ts'

const nothingRuns = () =>
  new KdsError('no-sandbox', 'no sandbox is running', { hint: 'kds sandbox start --detach starts one' })

/** The sandbox whose port is given, or the only one. */
function chosen(found: readonly FoundSandbox[], ports: readonly string[]): FoundSandbox[] {
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

const portsOf = (found: readonly FoundSandbox[]) => found.map(({ port }) => port).join(', ')

/** A sandbox ends when its folder is gone. */
async function stop(sandbox: FoundSandbox, context: Context): Promise<void> {
  await removeFolder(sandbox)
  while (await answers(sandbox)) await context.clock.sleep(100, context.interrupts())
  context.stdout.write(`sandbox ${sandbox.url} stopped\n`)
}

export const stopCommand: Command = {
  async run(invocation, context) {
    const found = await findSandboxes(context)
    const all = invocation.on('all')
    if (found.length === 0 && invocation.args.length === 0) {
      if (all) return 0
      throw nothingRuns()
    }
    for (const sandbox of all ? found : chosen(found, invocation.args)) await stop(sandbox, context)
    return 0
  },
}

async function list(
  found: readonly FoundSandbox[],
  invocation: Invocation,
  context: Context,
): Promise<string> {
  const output = invocation.text('output') as 'json' | 'yaml' | undefined
  if (output !== undefined) {
    const items = found.map(({ url, port, nodes, startedAt, kubeconfig }) => ({
      url,
      port,
      nodes,
      startedAt: new Date(startedAt).toISOString(),
      kubeconfig,
    }))
    return structured({ apiVersion: 'kds/v1', kind: 'SandboxList', items }, output)
  }
  const now = context.clock.now()
  const rows = found.map(({ port, nodes, startedAt, kubeconfig }) => [
    String(port),
    String(nodes),
    humanDuration(now - startedAt),
    kubeconfig,
  ])
  return table({ head: ['PORT', 'NODES', 'AGE', 'KUBECONFIG'], rows })
}

export const statusCommand: Command = {
  async run(invocation, context) {
    const found = await findSandboxes(context)
    if (found.length === 0 && invocation.text('output') === undefined)
      context.stderr.write('No sandbox is running.\n')
    else context.stdout.write(await list(found, invocation, context))
    return 0
  },
}

export const kubeconfigCommand: Command = {
  async run(invocation, context) {
    const found = await findSandboxes(context)
    const [sandbox] = chosen(found, invocation.args)
    if (!sandbox) throw nothingRuns()
    const { kubeconfig } = sandbox
    context.stdout.write(invocation.on('path') ? `${kubeconfig}\n` : await readFile(kubeconfig, 'utf8'))
    return 0
  },
}
