import type { GroupSpec } from '#cli/spec.ts'

export const rolloutGroup: GroupSpec = {
  path: ['rollout'],
  summary: 'Follow, undo, restart, simulate roll-outs; roll out in waves',
  description: `Commands about the roll-out of a DaemonSet. They take the arguments of "kubectl rollout" and print the same lines; what
each does beyond that, its help says.`,
}
