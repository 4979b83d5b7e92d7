import type { Node } from '#kube/types.ts'
import { type StoredObject, valueAt } from '../store/objects.ts'
import { ageColumn, type Column, column, nameColumn, textAt, wide } from './columns.ts'

const roleLabel = 'node-role.kubernetes.io/'

function statusText(object: StoredObject): string {
  const node = object as Node
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  if (node.spec?.unschedulable) words.push('SchedulingDisabled')
  return words.join(',')
}

function rolesText(object: StoredObject): string {
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(object.metadata.labels ?? {})) {
    if (key.startsWith(roleLabel) && key.length > roleLabel.length) roles.add(key.slice(roleLabel.length))
    else if (key === 'kubernetes.io/role' && value) roles.add(value)
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',')
}

const addressText =
  "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP)."

const addresses =
  valueAt<readonly { readonly type?: string; readonly address?: string }[]>('status.addresses')
const addressOf = (type: string) => (object: StoredObject) =>
  addresses(object)?.find((one) => one.type === type)?.address || '<none>'

const architecture = valueAt('status.nodeInfo.architecture')
const kernelVersion = textAt('status.nodeInfo.kernelVersion', '<unknown>')

const kernelText: Column['cell'] = (object, now) =>
  architecture(object)
    ? `${kernelVersion(object, now)} (${architecture(object)})`
    : kernelVersion(object, now)

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', statusText, 'The status of the node'),
  column('Roles', rolesText, 'The roles of the node'),
  ageColumn,
  column('Version', textAt('status.nodeInfo.kubeletVersion'), 'Kubelet Version reported by the node.'),
  ...wide(
    column('Internal-IP', addressOf('InternalIP'), addressText),
    column('External-IP', addressOf('ExternalIP'), addressText),
    column(
      'OS-Image',
      textAt('status.nodeInfo.osImage', '<unknown>'),
      'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
    ),
    column(
      'Kernel-Version',
      kernelText,
      "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
    ),
    column(
      'Container-Runtime',
      textAt('status.nodeInfo.containerRuntimeVersion', '<unknown>'),
      'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
    ),
  ),
]
