import { labelSelector } from '#kube/selectors.ts'
import type { DaemonSet } from '#kube/types.ts'
import {
  ageColumn,
  type Column,
  column,
  labelsAt,
  nameColumn,
  numberAt,
  numberColumn,
  templateColumns,
} from './columns.ts'

const more = 'More info: https://kubernetes.io/docs/concepts'

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  numberColumn(
    'Desired',
    numberAt('status.desiredNumberScheduled'),
    `The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). ${more}/workloads/controllers/daemonset/`,
  ),
  numberColumn(
    'Current',
    numberAt('status.currentNumberScheduled'),
    `The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. ${more}/workloads/controllers/daemonset/`,
  ),
  numberColumn(
    'Ready',
    numberAt('status.numberReady'),
    'numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon pod running with a Ready Condition.',
  ),
  numberColumn(
    'Up-to-date',
    numberAt('status.updatedNumberScheduled'),
    'The total number of nodes that are running updated daemon pod',
  ),
  numberColumn(
    'Available',
    numberAt('status.numberAvailable'),
    'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
  ),
  column(
    'Node Selector',
    labelsAt('spec.template.spec.nodeSelector'),
    `NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. ${more}/configuration/assign-pod-node/`,
  ),
  ageColumn,
  ...templateColumns(
    'spec.template',
    (object) => labelSelector((object as DaemonSet).spec?.selector).text || '<none>',
    `A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. ${more}/overview/working-with-objects/labels/#label-selectors`,
  ),
]
