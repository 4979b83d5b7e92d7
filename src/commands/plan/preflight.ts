import type { Diagnostic } from '#base/errors.ts'
import type { Invocation } from '#cli/spec.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { dryRun } from '#commands/shared/dry-run.ts'
import { fieldValidation, validateMode } from '#commands/shared/inputs/validate-mode.ts'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'
import type { ToPlan } from '#planning/plan.ts'

/** The DaemonSet as the server would store it, or without its word what was read. */
interface Applied {
  readonly value: DaemonSet
  readonly findings: readonly Diagnostic[]
}

const warningOf = (message: string): Diagnostic => ({ severity: 'warning', code: 'admission', message })

/**
 * Has the server judge a manifest as `kubectl apply --dry-run=server` does.
 *
 * @throws ApiError in kubectl's words when it refuses it, unless `--force` is given and nobody asked for its word
 */
export async function applied(
  invocation: Invocation,
  { cluster, namespace, signal }: Connected,
  one: ToPlan,
  beside: readonly KubeObject[],
  current: Promise<DaemonSet | undefined> | undefined,
): Promise<Applied> {
  const { value } = one
  const nothing = { value, findings: [] }
  const { applyDaemonSet } = await import('../bundles/live.ts')
  const metadata = { ...value.metadata, namespace: value.metadata?.namespace || namespace }
  const manifest = { ...asAppsV1(value), metadata } as JsonObject
  const validate = validateMode(invocation.text('validate') ?? 'strict')
  const done = await dryRun(async ({ fieldManager, warned }) => {
    const options = { fieldManager, fieldValidation: fieldValidation[validate], signal }
    const applied = await applyDaemonSet(cluster, manifest, {
      ...options,
      current,
      dryRun: 'server',
      ...(warned ? { warned } : {}),
    })
    return applied.daemonSet
  })
  const isWanted = invocation.on('server-dry-run')
  if ('refused' in done) {
    const home = value.metadata?.namespace || namespace
    const isBrought = beside.some(({ kind, metadata }) => kind === 'Namespace' && metadata?.name === home)
    if (done.refused.code === 'NotFound' && isBrought) return nothing
    if (isWanted || !invocation.on('force')) throw done.refused
    return { value, findings: [warningOf(done.refused.serverMessage)] }
  }
  if ('notAsked' in done) {
    if (isWanted) throw done.error
    const message = 'the server was not asked whether it would take the DaemonSet: you may not write it'
    return done.notAsked.why === 'no-right' ? { value, findings: [warningOf(message)] } : nothing
  }
  const known = new Set(one.findings.map(({ message }) => message))
  return {
    value: done.answer,
    findings: done.warnings.filter((text) => !known.has(text)).map(warningOf),
  }
}
