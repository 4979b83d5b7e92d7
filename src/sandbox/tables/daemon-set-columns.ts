import { labelSelector } from '#kube/selectors.ts'
import type { DaemonSet, DaemonSetStatus } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import { ageColumn, type Column, column, labelsText, nameColumn, numberColumn, wide } from './columns.ts'

const count = (field: keyof DaemonSetStatus) => (object: StoredObject) =>
  (object as DaemonSet).status?.[field] ?? 0

const containersOf = (object: StoredObject) => (object as DaemonSet).spec?.template?.spec?.containers ?? []
const more = 'More info: https://kubernetes.io/docs/concepts'

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  numberColumn(
    'Desired',
    `The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). ${more}/workloads/controllers/daemonset/`,
    count('desiredNumberScheduled'),
  ),
  numberColumn(
    'Current',
    `The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. ${more}/workloads/controllers/daemonset/`,
    count('currentNumberScheduled'),
  ),
  numberColumn(
    'Ready',
    'numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon pod running with a Ready Condition.',
    count('numberReady'),
  ),
  numberColumn(
    'Up-to-date',
    'The total number of nodes that are running updated daemon pod',
    count('updatedNumberScheduled'),
  ),
  numberColumn(
    'Available',
    'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)',
    count('numberAvailable'),
  ),
  column(
    'Node Selector',
    `NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. ${more}/configuration/assign-pod-node/`,
    (object) => labelsText((object as DaemonSet).spec?.template?.spec?.nodeSelector),
  ),
  ageColumn,
  wide(
    column('Containers', 'Names of each container in the template.', (object) =>
      containersOf(object)
        .map((container) => container.name ?? '')
        .join(','),
    ),
  ),
  wide(
    column('Images', 'Images referenced by each container in the template.', (object) =>
      containersOf(object)
        .map((container) => container.image ?? '')
        .join(','),
    ),
  ),
  wide(
    column(
      'Selector',
      `A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. ${more}/overview/working-with-objects/labels/#label-selectors`,
      (object) => labelSelector((object as DaemonSet).spec?.selector).text || '<none>',
    ),
  ),
]
