import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { ApiError } from '#cluster/api-error.ts'
import { nameOf } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { dryRun } from '#commands/shared/dry-run.ts'
import type { ManifestToApply } from '#commands/shared/inputs/applied-files.ts'
import { warn } from '#commands/shared/inputs/context.ts'
import { liveOutlooks } from '#commands/shared/outlook.ts'
import { policyRules, requirePolicies } from '#commands/shared/policies.ts'
import type { DaemonSet } from '#kube/types.ts'
import { consequencesOf, consequencesText, type Outlook } from '#views/consequences.ts'
import type { ApplyFlags } from './flags.ts'

/** A DaemonSet as it is, and as the server says that it would store it. */
interface Foreseen {
  readonly before: DaemonSet | undefined
  readonly after: DaemonSet
}

/** @throws ApiError in kubectl's words when the server would refuse it */
async function foresee(
  { manifest }: ManifestToApply,
  { fieldManager, fieldValidation, force, overwrite, serverSide }: ApplyFlags,
  { cluster, signal }: Connected,
): Promise<Foreseen | undefined> {
  const { applyDaemonSet, found } = await import('../bundles/live.ts')
  const before = await found(cluster, nameOf(manifest as DaemonSet), signal)
  const current = Promise.resolve(before)
  const how = { current, fieldManager, fieldValidation, force, overwrite, serverSide, signal }
  const done = await dryRun(async ({ warned }) => {
    const told = warned ? { warned } : {}
    return (await applyDaemonSet(cluster, manifest, { ...how, ...told, dryRun: 'server' })).daemonSet
  })
  if ('refused' in done) throw done.refused
  return 'answer' in done ? { before, after: done.answer } : undefined
}

/** What applying comes to; empty where the cluster does not let itself be read, which is told. */
async function foreseeAll(
  manifests: readonly ManifestToApply[],
  invocation: Invocation,
  flags: ApplyFlags,
  connected: Connected,
  context: Context,
): Promise<readonly (Foreseen & { readonly outlook: Outlook | undefined })[]> {
  const all = await Promise.all(manifests.map((one) => foresee(one, flags, connected)))
  const foreseen = all.flatMap((one) => one ?? [])
  const [after, before] = [foreseen.map((one) => one.after), foreseen.map((one) => one.before)]
  try {
    const outlooks = await liveOutlooks(invocation, connected, { after, before }, context)
    return foreseen.map((one, at) => ({ ...one, outlook: outlooks[at] }))
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error
    const message = `its consequences are not known: ${error.serverMessage}`
    warn([{ severity: 'warning', code: 'unreadable', message }], context)
    return foreseen.map((one) => ({ ...one, outlook: undefined }))
  }
}

/** Shows what applying comes to and asks, where somebody is there. @throws KdsError when the answer is no */
export async function askFirst(
  manifests: readonly ManifestToApply[],
  invocation: Invocation,
  flags: ApplyFlags,
  connected: Connected,
  context: Context,
): Promise<void> {
  const rules = policyRules(invocation)
  if (!flags.show && !flags.ask && !rules) return
  const { stderr, style } = context
  const foreseen = await foreseeAll(manifests, invocation, flags, connected, context)
  for (const { after, before, outlook } of foreseen) {
    const consequences = consequencesOf(before, after, outlook)
    const line = `daemonset.apps/${escapeLine(nameOf(after).name)}: ${consequencesText(consequences)}`
    const paint = consequences.trouble.length > 0 ? style.stderr.bad : style.stderr.bold
    for (const part of wrapped(line, stderr.isTerminal ? stderr.columns : Number.POSITIVE_INFINITY))
      stderr.write(`${paint(part)}\n`)
  }
  requirePolicies(
    foreseen.flatMap(({ outlook }) => outlook ?? []),
    rules,
  )
  const isPlanned = foreseen.length === manifests.length && foreseen.every(({ outlook }) => outlook)
  if (rules && !isPlanned)
    throw new KdsError('policy', 'the plan cannot be made, so --fail-on and --max-change cannot be judged')
  if (!flags.ask) return
  const { asker, confirmed } = await import('../bundles/live.ts')
  const ask = asker(context)
  try {
    const [first] = manifests
    const name = first ? nameOf(first.manifest as DaemonSet).name : ''
    const what = manifests.length === 1 ? `daemonset.apps/${name}` : `${manifests.length} DaemonSets`
    if (await confirmed(ask, `Apply ${what}?`)) return
  } finally {
    ask.close()
  }
  throw new KdsError('cancelled', 'apply is cancelled: nothing was changed')
}
