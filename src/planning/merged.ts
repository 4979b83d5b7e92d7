import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { appliedDaemonSet } from '#apiserver/patch/applied.ts'
import { lastApplied } from '#apiserver/patch/last-applied.ts'
import type { Diagnostic } from '#base/errors.ts'
import type { JsonObject } from '#base/json.ts'
import { restartedAtAnnotation } from '#kube/annotations.ts'
import type { DaemonSet } from '#kube/types.ts'
import { changesBetween } from '#views/diff/changes.ts'
import type { ToPlan } from './plan.ts'

/**
 * A manifest as `kubectl apply` would leave the DaemonSet of its name, if one is there. Where kubectl did not apply that one, the
 * findings say what stays although the manifest leaves it out: `helm upgrade` and others would take it away.
 *
 * @throws KdsError where no patch can be made
 */
export function merged(toPlan: ToPlan, present: readonly DaemonSet[], namespace: string): ToPlan {
  const stored = storedDaemonSet(toPlan.value, namespace)
  const { name, namespace: own } = stored.metadata ?? {}
  const current = present.find(
    ({ metadata }) => metadata?.name === name && (metadata?.namespace || namespace) === own,
  )
  if (!current) return { ...toPlan, value: stored }
  const value = appliedDaemonSet(toPlan.value, current, namespace)
  if (lastApplied(current as JsonObject) !== undefined) return { ...toPlan, value }
  const [before, after] = [{ spec: stored.spec }, { spec: unrestarted(value.spec) }]
  const kept = changesBetween(before as JsonObject, after as JsonObject)
    // What is only there before is the default of something that was kept otherwise.
    .filter((change) => change.after !== undefined)
    .map(({ path }) => path)
  const more = kept.length === 0 ? [] : [keeping(`${own}/${name}`, kept)]
  return { ...toPlan, value, findings: [...toPlan.findings, ...more] }
}

/** Without the moment of a restart: every tool keeps that. */
function unrestarted(spec: DaemonSet['spec']): DaemonSet['spec'] {
  const { annotations, ...metadata } = spec?.template?.metadata ?? {}
  const { [restartedAtAnnotation]: moment, ...others } = annotations ?? {}
  if (moment === undefined) return spec
  const kept = Object.keys(others).length > 0 ? { ...metadata, annotations: others } : metadata
  return { ...spec, template: { ...spec?.template, metadata: kept } }
}

const mostNamed = 3

function keeping(daemonSet: string, paths: readonly string[]): Diagnostic {
  const rest = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : ''
  return {
    severity: 'warning',
    code: 'never-applied',
    message: `kubectl apply has not written DaemonSet ${daemonSet} yet, so it would keep what the manifest leaves out: ${paths.slice(0, mostNamed).join(', ')}${rest}`,
    hint: 'helm upgrade and kubectl replace would take it away: write down what is to stay',
  }
}
