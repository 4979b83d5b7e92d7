import { readFile } from 'node:fs/promises'
import type { Command } from '#cli/spec.ts'
import { chosen, nothingRuns } from '../choose.ts'
import { findSandboxes } from '../find.ts'

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
