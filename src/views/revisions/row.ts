import type { Standing } from '#controller/revision-standing.ts'
import type { PodTemplate, StringMap } from '#kube/types.ts'
import type { HistoryRow } from '../history/history.ts'

/** A ControllerRevision as it is shown. */
export interface RevisionRow extends Omit<HistoryRow, 'current' | 'pods'> {
  readonly namespace: string
  readonly name: string
  /** `daemonset.apps/agent`; `<none>` for nobody's. */
  readonly controller: string
  /** Bytes of what it holds, as JSON. */
  readonly size: number
  /** The pods that carry its hash; undefined where they could not be read. */
  readonly pods: HistoryRow['pods']
  readonly standing: Standing
  /** Of the DaemonSet whose it is, or would become. */
  readonly daemonSet: string | undefined
  readonly labels: StringMap
  readonly annotations: StringMap
  readonly template: PodTemplate
}

/** What the standing means, and what comes of it; the command to copy, where there is one. */
export function standingText({ daemonSet, standing }: Pick<RevisionRow, 'daemonSet' | 'standing'>): string {
  switch (standing) {
    case 'current':
      return `the template of ds/${daemonSet}`
    case 'old':
      return `an earlier template of ds/${daemonSet}`
    case 'duplicate':
      return 'holds the same template as the current one: the controller deletes it'
    case 'surplus':
      return 'beyond revisionHistoryLimit: the controller deletes it'
    case 'released':
      return `its labels no longer match the selector of ds/${daemonSet}: the controller releases it`
    case 'adoptable':
      return `no owner: ds/${daemonSet} selects its labels, the controller takes it over`
    case 'orphan':
      return 'no owner, and no DaemonSet selects its labels: nothing will ever delete it'
    case 'stale':
      return 'its DaemonSet is gone, or another one has its name: nothing can roll back to it'
    case 'foreign':
      return 'not of a DaemonSet'
  }
}

/** The command that does what a person may want to do about a revision; undefined where there is nothing to do. */
export function nextCommand(row: RevisionRow): string | undefined {
  const { daemonSet, name, namespace, revision, standing } = row
  if (standing === 'old') return `kds rollout undo ds/${daemonSet} -n ${namespace} --to-revision=${revision}`
  if (standing === 'orphan' || standing === 'stale')
    return `kubectl delete controllerrevision ${name} -n ${namespace}`
  return undefined
}
