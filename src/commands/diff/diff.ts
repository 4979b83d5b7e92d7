import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { Context } from '#cli/context.ts'
import type { Command, Invocation } from '#cli/spec.ts'
import { structured } from '#cli/structured.ts'
import { ApiError } from '#cluster/api-error.ts'
import { nameOf } from '#cluster/resources.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import { requireManifests } from '#commands/shared/inputs/manifest-files.ts'
import { refuseSharedStdin } from '#commands/shared/inputs/manifests.ts'
import type { Json } from '#kube/types.ts'
import { consequencesOf, consequencesText, type Outlook } from '#views/consequences.ts'
import { type DiffItem, diffDocument } from '#views/diff/document.ts'
import { toYaml } from '#yaml/emit.ts'
import { type Compared, differs, written } from './compared.ts'
import { externalDiff } from './external-diff.ts'
import { liveSides, type Sides, snapshotSides } from './sides.ts'

const someDifference = 1

const loadLive = () => import('../bundles/live.ts')

/** Consequences are told as far as the cluster lets itself be read. */
async function outlooksOf(
  sides: Sides,
  differing: readonly Compared[],
  context: Context,
): Promise<readonly Outlook[]> {
  if (differing.length === 0) return []
  try {
    return await sides.outlooks(differing)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    const message = `its consequences are not known: ${error.serverMessage}`
    warn([{ severity: 'warning', code: 'unreadable', message }], context)
    return []
  }
}

async function itemsOf(sides: Sides, context: Context): Promise<readonly DiffItem[]> {
  const { changesBetween } = await loadLive()
  const differing = sides.compared.filter(differs)
  const outlooks = await outlooksOf(sides, differing, context)
  return sides.compared.map((one): DiffItem => {
    const outlook = outlooks[differing.indexOf(one)]
    return {
      daemonSet: one.after,
      exists: one.before !== undefined,
      changes: changesBetween(one.before ? (written(one.before) as Json) : {}, written(one.after) as Json),
      consequences: differs(one)
        ? consequencesOf(one.before, one.after, outlook)
        : { kind: 'none', parts: ['nothing changes'], trouble: [] },
      outlook,
    }
  })
}

async function showItem(item: DiffItem, { before, after }: Compared, context: Context): Promise<void> {
  const { env, stderr, stdout, style } = context
  const { name, namespace } = nameOf(after)
  const line = `daemonset.apps/${escapeLine(name)}: ${consequencesText(item.consequences)}`
  if (item.consequences.kind === 'none') return stderr.write(`${line}\n`)
  const [head = '', ...more] = wrapped(line, stdout.isTerminal ? stdout.columns : Number.POSITIVE_INFINITY)
  stdout.write([head, ...more].map((part) => `${style.stdout.bold(part)}\n`).join(''))
  const texts = [before ? toYaml(written(before)) : '', toYaml(written(after))] as const
  const program = env.KUBECTL_EXTERNAL_DIFF ?? ''
  const { changesText, unifiedDiff } = await loadLive()
  const options = { style: style.stdout }
  if (before) stdout.write(`\n${changesText(item.changes, options)}`)
  stdout.write('\n')
  if (program !== '') return externalDiff(program, `apps.v1.DaemonSet.${namespace}.${name}`, texts, context)
  const label = (side: string) => `${side} ${namespace}/${name}`
  stdout.write(
    unifiedDiff({ label: label('live'), text: texts[0] }, { label: label('file'), text: texts[1] }, options),
  )
}

async function show(sides: Sides, invocation: Invocation, context: Context): Promise<number> {
  const items = await itemsOf(sides, context)
  const output = invocation.text('output')
  if (output === undefined) {
    for (const [at, item] of items.entries()) {
      const compared = sides.compared[at]
      if (at > 0 && item.consequences.kind !== 'none') context.stdout.write('\n')
      if (compared) await showItem(item, compared, context)
    }
  } else context.stdout.write(await structured(diffDocument(items), output as 'json' | 'yaml'))
  return items.some(({ consequences }) => consequences.kind !== 'none') ? someDifference : 0
}

export const diffCommand: Command = {
  async run(invocation, context) {
    requireManifests(invocation, 'no DaemonSet given')
    refuseSharedStdin(invocation, ['filename', 'snapshot'])
    if (invocation.on('force-conflicts') && !invocation.on('server-side'))
      throw new KdsError('usage', '--force-conflicts only works with --server-side')
    if (invocation.list('snapshot').length > 0)
      return show(await snapshotSides(invocation, context), invocation, context)
    const { onLiveCluster } = await loadLive()
    return onLiveCluster(invocation, context, async (connected) =>
      show(await liveSides(invocation, connected, context), invocation, context),
    )
  },
}
