import type { Command } from '#cli/spec.ts'
import { writeList } from '#cli/structured.ts'
import { hiddenTemplate } from '#cluster/snapshot/hidden-environment.ts'
import { noneAnnotation } from '#cluster/snapshot/none-annotation.ts'

export const snapshotCommand: Command = {
  async run(invocation, context) {
    const { leanSnapshot, onLiveCluster, redacted, tellWarning } = await import('../bundles/live.ts')
    return onLiveCluster(invocation, context, async ({ cluster, signal }) => {
      const { none, objects, unreadable } = await leanSnapshot(cluster, hiddenTemplate, signal)
      const items = invocation.on('redact') ? redacted(objects) : objects
      const format = invocation.text('output') === 'json' ? 'json' : 'yaml'
      await writeList(
        context.stdout,
        { apiVersion: 'v1', kind: 'List', metadata: { annotations: { [noneAnnotation]: none.join(',') } } },
        items,
        format,
      )
      if (unreadable.length > 0)
        tellWarning(`not in it, because you may not read them: ${unreadable.join(', ')}`, context)
      return 0
    })
  },
}
