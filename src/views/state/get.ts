import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import type { StateSummary } from '#controller/state/types.ts'
import { humanDuration } from '#kube/duration.ts'
import { labelsText } from '#kube/labels.ts'
import { labelSelector } from '#kube/selectors.ts'
import { verdictText } from './verdict.ts'

export interface GetColumns {
  /** The column NAMESPACE comes first. */
  readonly namespaces: boolean
  readonly wide: boolean
}

const kubectlHead = ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE']

/** The heads of `kds get`: those of `kubectl get daemonsets`, then what kubectl lacks. */
export const getHead = ({ namespaces, wide }: GetColumns): string[] => [
  ...(namespaces ? ['NAMESPACE'] : []),
  ...kubectlHead,
  ...(wide ? ['CONTAINERS', 'IMAGES', 'SELECTOR'] : []),
  'MISSCHEDULED',
  'RESTARTS',
  'VERDICT',
]

/** The cells of one DaemonSet, escaped. */
export function getRow(state: StateSummary, columns: GetColumns, style: Style): string[] {
  const { metadata, spec, status } = state.daemonSet
  const template = spec?.template?.spec
  const containers = template?.containers ?? []
  const made = Date.parse(metadata?.creationTimestamp ?? '')
  const cells = [
    ...(columns.namespaces ? [metadata?.namespace ?? ''] : []),
    metadata?.name ?? '',
    String(status?.desiredNumberScheduled ?? 0),
    String(status?.currentNumberScheduled ?? 0),
    String(status?.numberReady ?? 0),
    String(status?.updatedNumberScheduled ?? 0),
    String(status?.numberAvailable ?? 0),
    labelsText(template?.nodeSelector),
    Number.isNaN(made) ? '<unknown>' : humanDuration(state.now - made),
    ...(columns.wide
      ? [
          containers.map(({ name }) => name ?? '').join(','),
          containers.map(({ image }) => image ?? '').join(','),
          labelSelector(spec?.selector).text || '<none>',
        ]
      : []),
    String(state.misscheduled),
    String(state.restarts),
  ].map(escapeLine)
  return [...cells, verdictText(state, style)]
}
