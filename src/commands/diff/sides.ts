import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import { readSnapshot } from '#cluster/snapshot/read-snapshot.ts'
import { besideOf } from '#commands/shared/admission.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { dryRun } from '#commands/shared/dry-run.ts'
import { filesToApply, type ManifestToApply } from '#commands/shared/inputs/applied-files.ts'
import { checkManifest } from '#commands/shared/inputs/check.ts'
import { requireNodes } from '#commands/shared/inputs/cluster.ts'
import { inputContext, warn } from '#commands/shared/inputs/context.ts'
import { asInSnapshot } from '#commands/shared/inputs/merging.ts'
import { presentTime } from '#commands/shared/inputs/present-time.ts'
import { liveOutlooks, outlookIn } from '#commands/shared/outlook.ts'
import { sameName } from '#controller/changes/plan-changes.ts'
import type { DaemonSet } from '#kube/types.ts'
import { askObjects } from '#planning/ask-objects.ts'
import { merged } from '#planning/merged.ts'
import type { Outlook } from '#views/consequences.ts'
import type { Compared } from './compared.ts'

/** Both sides of each DaemonSet, and a way to tell what comes of those that differ. */
export interface Sides {
  readonly compared: readonly Compared[]
  readonly outlooks: (differing: readonly Compared[]) => Promise<readonly Outlook[]>
}

const loadLive = () => import('../bundles/live.ts')

/** The live objects, and what the server says that it would store. */
export async function liveSides(
  invocation: Invocation,
  connected: Connected,
  context: Context,
): Promise<Sides> {
  const { manifests } = await filesToApply(invocation, connected, context)
  const compared: Compared[] = []
  for (const one of manifests) compared.push(await liveSide(one, invocation, connected, context))
  return {
    compared,
    outlooks: (differing) =>
      liveOutlooks(
        invocation,
        connected,
        { after: differing.map(({ after }) => after), before: differing.map(({ before }) => before) },
        context,
      ),
  }
}

async function liveSide(
  { manifest }: ManifestToApply,
  invocation: Invocation,
  { cluster, namespace, signal }: Connected,
  context: Context,
): Promise<Compared> {
  const { applyDaemonSet, found } = await loadLive()
  const before = await found(cluster, nameOf(manifest as DaemonSet), signal)
  const serverSide = invocation.on('server-side')
  if (before && !serverSide)
    warn(merged({ value: manifest as DaemonSet, findings: [] }, [before], namespace).findings, context)
  const managed = invocation.given('field-manager') ? invocation.text('field-manager') : undefined
  const fieldManager = managed ?? (serverSide ? 'kubectl' : 'kubectl-client-side-apply')
  const options = { current: Promise.resolve(before), fieldManager, signal }
  const done = await dryRun(async ({ warned }) => {
    const told = warned ? { warned } : {}
    const force = invocation.on('force-conflicts')
    const applied = await applyDaemonSet(cluster, manifest, {
      ...options,
      ...told,
      dryRun: 'server',
      serverSide,
      force,
    })
    return applied.daemonSet
  })
  if ('refused' in done) throw done.refused
  if ('answer' in done) {
    for (const message of done.warnings) warn([{ severity: 'warning', code: 'admission', message }], context)
    return { before, after: done.answer }
  }
  if (done.notAsked.why !== 'no-right' || serverSide) throw done.error
  const message = 'you may not write it, so the server was not asked: kds applied the patch itself'
  warn([{ severity: 'warning', code: 'not-asked', message }], context)
  const applied = await applyDaemonSet(cluster, manifest, { ...options, dryRun: 'client' })
  const after = { ...storedDaemonSet(applied.daemonSet, namespace), status: before?.status }
  return { before: before && presentDaemonSet(before, namespace), after }
}

/** What a dump holds, and what the rules of v1.36 would make of the manifests. */
export async function snapshotSides(invocation: Invocation, context: Context): Promise<Sides> {
  if (invocation.on('server-side'))
    throw new KdsError('usage', '--server-side asks the server: it cannot be used with --snapshot')
  const namespace = invocation.text('namespace') ?? 'default'
  const namespaceGiven = invocation.given('namespace')
  const { manifests } = await filesToApply(invocation, { namespace, namespaceGiven }, context)
  const findings = manifests.flatMap(({ loaded }) => checkManifest(loaded, 'strict'))
  if (findings.some(({ severity }) => severity === 'error'))
    throw new KdsError('refused', 'the API server would refuse the manifest', { diagnostics: findings })
  warn(findings, context)
  const sources = invocation.list('snapshot')
  const snapshot = await readSnapshot({ ...inputContext(context), sources })
  requireNodes(snapshot, sources)
  warn(snapshot.diagnostics, context)
  const now = presentTime(invocation, context)
  const hidden = await asInSnapshot(snapshot.daemonSets, namespace)
  const compared = manifests.map(({ manifest: read }): Compared => {
    const manifest = hidden(read as DaemonSet)
    const current = snapshot.daemonSets.find((one) => sameName(one, manifest))
    const before = current && presentDaemonSet(current, namespace)
    const { findings, value } = merged({ value: manifest, findings: [] }, snapshot.daemonSets, namespace)
    warn(findings, context)
    return { before, after: value }
  })
  const ask = askObjects(snapshot, besideOf([], namespace), now)
  const scene = { snapshot, ask, namespace, serverVersion: undefined, now }
  return { compared, outlooks: async (differing) => differing.map(({ after }) => outlookIn(after, scene)) }
}
