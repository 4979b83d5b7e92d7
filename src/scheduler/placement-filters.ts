import type { Node } from '#kube/types.ts'
import { nodeSelection, selectsNode } from '#placement/placement.ts'
import { firstUntolerated, nodeTaint } from '#placement/tolerations.ts'
import type { NodeFilter } from './filter.ts'
import type { PodInfo } from './pod-info.ts'
import type { PodAim } from './surroundings.ts'

/** What a pod, as it is stored, asks of nodes. `pinned`: its affinity names the one node that it may go to. */
export function aimOfPod(pod: PodInfo, pinned: boolean): PodAim {
  const selection = nodeSelection(pod.pod.spec)
  return {
    pinned,
    selects: (node) => selectsNode(selection, node),
    tolerates: (node) => !firstUntolerated(pod.tolerations, taintsOf(node), ['NoSchedule', 'NoExecute']),
  }
}

const taintsOf = ({ spec }: Node) => (spec?.taints ?? []).map(nodeTaint)
const cordon = [nodeTaint({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' })]

/** The filters NodeUnschedulable and TaintToleration: what no pod's leaving would change, and the DaemonSet controller has asked. */
export function placementFilter({ tolerations }: PodInfo): NodeFilter {
  const reasonAgainst = (node: Node): string | undefined => {
    if (node.spec?.unschedulable && firstUntolerated(tolerations, cordon, ['NoSchedule']))
      return 'node(s) were unschedulable'
    const taint = firstUntolerated(tolerations, taintsOf(node), ['NoSchedule', 'NoExecute'])
    return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value}}`
  }
  return {
    refusal(node) {
      const reason = reasonAgainst(node)
      return reason === undefined ? undefined : { reasons: [reason], unresolvable: true }
    },
  }
}
